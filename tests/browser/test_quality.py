"""Deciding disputes and looking again at one's labels, by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.live import Live, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Ana and Ben differ about four questions that no expert has labelled; Rosa has labelled none of them.
DIFFER = """
import uuid
from annotation.models import Dataset, Item, Source
from annotation.services.annotation import Judgement, annotation_save
from annotation.services.ticket import ticket_issue
from simulator.models import Role, User
ana = User.objects.get(username="ana")
ben, _ = User.objects.get_or_create(username="ben", defaults={"role": Role.ANNOTATOR})
dataset, _ = Dataset.objects.get_or_create(name="In dispute", defaults={"source": Source.IMPORT})
for n in range(4):
    item, new = Item.objects.get_or_create(
        dataset=dataset, key=str(n), defaults={"text": f"Why is side {n} longer?", "shuffle_key": n}
    )
    for person, label in ((ana, "Probing and Exploring"), (ben, "Other")) if new else ():
        ticket = ticket_issue(viewer=person, item=item)
        said = Judgement(labels=(label,), comment="It asks for a reason." if person == ana else "")
        annotation_save(viewer=person, ticket_id=str(ticket.pk), txn=uuid.uuid4().hex, judgement=said)
"""


@pytest.fixture(scope="module")
def disputes(live: Live) -> str:
    """The address that shows the disputes of one data set."""
    live.manage("shell", "-c", DIFFER)
    ((dataset,),) = live.rows("select id from annotation_dataset where name = 'In dispute'")
    return f"/annotation/adjudicate/?dataset={dataset}"


def asked(page: Page) -> str:
    return page.locator("[data-question]").inner_text()


def press(page: Page, key: str) -> None:
    """A key that leads to the next page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_disputes_are_decided_put_off_and_taken_back_by_keyboard(people: People, disputes: str):
    page = people.sign_in("rosa").page
    page.goto(disputes)
    first = asked(page)
    expect(page.get_by_role("heading", name="Annotator A")).to_be_visible()
    expect(page.get_by_text("It asks for a reason.")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.type("12 A reason is asked for.")
    page.keyboard.press("Escape")
    press(page, "1")
    second = asked(page)
    assert second != first
    press(page, "s")
    assert asked(page) not in (first, second)
    press(page, "u")
    page.goto(disputes)
    assert asked(page) == first
    expect(page.get_by_text("4 disputes")).to_be_visible()


def test_a_changed_definition_brings_labels_back_and_enter_keeps_them(people: People, disputes: str):
    rosa = people.sign_in("rosa").page
    rosa.goto("/annotation/codebook/")
    rosa.get_by_label("Definition").first.fill("Asks for reasons, and for nothing else.")
    rosa.get_by_role("button", name="Publish").click()
    expect(rosa.get_by_text("is published")).to_be_visible()
    ana = people.sign_in("ana").page
    ana.goto("/annotation/")
    with ana.expect_response(lambda response: "/label/next/" in response.url):  # the scripts are at work
        ana.get_by_role("link", name="Look at them again").click()
    expect(ana.locator("[data-progress-text]")).to_have_text(re.compile("^0 / "))
    expect(ana.locator(".type__hint")).to_contain_text("Your label, version")
    expect(ana.locator("[data-skip]")).to_have_count(0)
    before = asked(ana)
    ana.keyboard.press("Enter")
    expect(ana.locator("[data-question]")).not_to_have_text(before)
    expect(ana.locator("[data-state]")).to_have_text("All saved")
    ana.keyboard.press("u")
    expect(ana.locator("[data-question]")).to_have_text(before)


@pytest.mark.parametrize(("colours", "width"), [("light", 1280), ("dark", 360)])
def test_nothing_keeps_people_out(people: People, live: Live, disputes: str, colours: str, width: int):
    rosa = people.sign_in("rosa", color_scheme=colours, viewport={"width": width, "height": 800})
    ((dataset,),) = live.rows("select id from annotation_dataset where name = 'In dispute'")
    pages = (f"plan/{dataset}/", "codebook/", "quality/")
    for address in (disputes, *(f"/annotation/{page}" for page in pages)):
        rosa.page.goto(address)
        assert rosa.barriers() == [], address
        assert rosa.too_wide() == [], address
    figures = rosa.page.get_by_role("heading", name="Alpha by type")

    def measured() -> bool:
        """Looking sets a measurement off, but for the minute after one that other labels set off."""
        rosa.page.goto(f"/annotation/quality/?dataset={dataset}")
        return figures.is_visible()

    eventually(measured, within_s=240, every_s=2)  # a busy worker loads libraries
    assert rosa.barriers() == []
    assert rosa.too_wide() == []
