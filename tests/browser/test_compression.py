"""A researcher makes a version smaller, compares it with its parent, deploys it; the next turn is its."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS
from tests.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MADE_MS = 600_000  # two epochs, two evaluations and two measurements, on whatever the machine has left
QUESTION = "How long is the blue rectangle?"
SERVED_BY = "select model_version from simulator_turn where text = ?"


@pytest.fixture
def live(tmp_path: Path, live_template: Path) -> Iterator[Live]:
    """A product of its own, since another version serves in it."""
    with Live(var=tmp_path / "live", template=live_template) as running:
        yield running


def test_a_smaller_version_is_made_compared_deployed_and_answers(live: Live, people: People):
    rosa = people.sign_in("rosa")
    page = rosa.page
    page.goto("/annotation/models/compression/")
    page.get_by_label("Form", exact=True).select_option(label="Tensor train")
    page.get_by_label("Rank", exact=True).fill("0")
    page.get_by_role("button", name="Compress and compare").click()
    expect(page.get_by_label("Rank", exact=True)).to_be_focused()  # the browser says what is wrong
    page.get_by_label("Rank", exact=True).fill("1")
    for box in page.get_by_role("checkbox").all():
        box.set_checked(box.get_attribute("value") == "v_lin")
    page.get_by_role("button", name="Compress and compare").click()

    # Compared with its parent on the page of the run.
    deploy = page.get_by_role("button", name=re.compile("^Deploy"))
    expect(deploy).to_be_visible(timeout=MADE_MS)
    expect(page.get_by_text("waits to be deployed").first).to_be_visible()
    expect(page.get_by_role("table", name=re.compile("neither version was trained on"))).to_be_visible()
    assert rosa.barriers() == []
    stood_at = live.log.stat().st_size
    deploy.click()
    expect(page.get_by_text("serves from the next turn on")).to_be_visible()
    live.wait_for_engine(since=stood_at)

    # It costs less than its parent, and says so.
    page.goto("/annotation/models/compression/")
    made = page.get_by_role("row").filter(has_text="in service")
    expect(made).to_contain_text("Tensor train, rank 1")
    parent = page.get_by_role("row").filter(has_text=re.compile("CP, rank"))
    assert _parameters(made.inner_text()) < _parameters(parent.inner_text())

    # The next turn is read by it, and the page of the decision names it.
    theo = people.sign_in("theo")
    session = theo.begin("Scale factor, always-sure")
    theo.say(QUESTION)
    expect(theo.lines()).to_have_count(2, timeout=WITHIN_MS)
    ((version,),) = live.rows(SERVED_BY, QUESTION)
    assert version in (live.var / "models" / "activations.jsonl").read_text().splitlines()[-1]
    page.goto(f"/sessions/{session}/turns/1/")
    expect(page.get_by_text(version).first).to_be_visible()


def _parameters(row: str) -> int:
    """The first number with thousands in a row of the costs."""
    found = re.search(r"\b\d{1,3}(?:,\d{3})+\b", row)
    assert found is not None, row
    return int(found.group().replace(",", ""))
