"""The product's whole story, once, as its people see it in their browsers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS
from tests.live import Live, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "Why do you think that the red one is sixteen wide?"
REPLY = "Because twelve more on one side means twelve more on the other."
SUGGESTED = """
    select s.label from annotation_suggestion s join annotation_item i on i.id = s.item_id where i.text = ?
"""
SAVED = """
    select a.suggestion_shown, a.suggested_label, a.labels from annotation_annotation a
    join annotation_item i on i.id = a.item_id where i.text = ?
"""
SERVED_BY = "select model_version from simulator_turn where text = ?"


@pytest.fixture
def live(tmp_path: Path, live_template: Path) -> Iterator[Live]:
    """A product of its own: on the console and in the queue there is only what the story brings."""
    with Live(var=tmp_path / "live", template=live_template) as running:
        yield running


def test_a_turn_goes_round_the_loop(live: Live, people: People):
    tess, will = people.sign_in("tess"), people.sign_in("will")

    # The teacher agrees, begins and asks; the machine is unsure.
    tess.choose("Scale factor, never-sure")
    tess.page.get_by_role("button", name="I agree").click()
    tess.page.get_by_role("button", name="Begin").click()
    tess.be_connected()
    tess.say(QUESTION)
    expect(tess.lines().first).to_contain_text(QUESTION)

    # The supervisor answers with the keyboard, unseen.
    will.page.goto("/console/")
    expect(will.page.locator("#turn-text")).to_have_text(QUESTION, timeout=WITHIN_MS)
    expect(will.page.locator("#stages")).not_to_be_empty()
    will.page.keyboard.press("t")
    will.page.get_by_label("Your own reply").fill(REPLY)
    will.page.keyboard.press("Enter")
    tess.hears(REPLY)
    expect(tess.lines()).to_have_count(2)
    assert "Will" not in tess.page.content()

    # The teacher ends, rates and reads the feedback.
    tess.page.get_by_role("button", name="End…").click()
    tess.page.get_by_role("button", name="End it").click()
    tess.page.get_by_role("radio").first.check()
    tess.page.get_by_role("button", name="Send and read the feedback").click()
    expect(tess.page.get_by_text(QUESTION, exact=True)).to_be_visible()
    assert tess.barriers() == []

    # The annotator finds the question prefilled and corrects it with one key.
    ana = people.sign_in("ana")
    ana.page.goto("/annotation/")
    ((suggested,),) = eventually(lambda: live.rows(SUGGESTED, QUESTION), within_s=120)
    ana.page.goto("/annotation/")
    ana.page.get_by_role("link", name="Rehearsals").click()
    while ana.page.get_by_role("heading", level=1).inner_text() != QUESTION:
        before = ana.page.get_by_role("article").get_attribute("data-item")
        ana.page.keyboard.press("Enter")
        expect(ana.page.get_by_role("article")).not_to_have_attribute("data-item", before or "")
    expect(ana.page.get_by_role("button", name="Suggested")).to_contain_text(suggested)
    assert ana.barriers() == []
    other = 4 if suggested != "Other" else 1
    ana.page.keyboard.press(str(other))
    ((shown, remembered, labels),) = eventually(lambda: live.rows(SAVED, QUESTION))
    assert (bool(shown), remembered) == (True, suggested)
    assert suggested not in labels

    # A second rehearsal is running when the researcher retrains and deploys.
    tess.begin("Scale factor, always-sure")
    tess.say("How long is the blue rectangle?")
    expect(tess.page.locator("#lines > li")).to_have_count(2, timeout=WITHIN_MS)
    ((old,),) = live.rows(SERVED_BY, "How long is the blue rectangle?")
    rosa = people.sign_in("rosa")
    rosa.page.goto("/annotation/models/")
    rosa.page.get_by_role("button", name="Train a new version").click()
    deploy = rosa.page.get_by_role("button", name="Deploy", exact=False)
    expect(deploy).to_be_visible(timeout=300_000)
    stood_at = live.log.stat().st_size
    deploy.click()
    expect(rosa.page.get_by_text("serves from the next turn on")).to_be_visible()
    assert rosa.barriers() == []
    new = (live.var / "models" / "activations.jsonl").read_text().splitlines()[-1]
    live.wait_for_engine(since=stood_at)

    # The room did not notice, and its next turn is answered by the new version.
    tess.be_connected()
    tess.say("How wide is the blue rectangle?")
    expect(tess.page.locator("#lines > li")).to_have_count(4, timeout=WITHIN_MS)
    ((now,),) = live.rows(SERVED_BY, "How wide is the blue rectangle?")
    assert now != old
    assert now in new
