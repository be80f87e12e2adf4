"""A study in the browser: planned on a page, labelled by arm, reported."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.live import Live, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PREFILLED = """
    select 1 where (select count(distinct item_id) from annotation_suggestion) >= 6
"""


def plan(page: Page) -> None:
    page.goto("/annotation/studies/")
    page.get_by_label("Title").fill("Answer first")
    page.get_by_label("Questions for each annotator").fill("6")
    page.get_by_label("Assisted").uncheck()
    page.get_by_label("Answer first").check()
    page.get_by_label("Ana").check()
    page.get_by_label("Only questions with an expert").uncheck()
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("heading", name="Power")).to_be_visible()
    page.get_by_role("button", name="Start the study").click()


def test_an_answer_of_ones_own_comes_before_the_suggestion(people: People, live: Live):
    rosa, ana = people.sign_in("rosa"), people.sign_in("ana")
    ana.page.goto("/annotation/")
    eventually(lambda: live.rows(PREFILLED), within_s=120)
    plan(rosa.page)
    ana.page.goto("/annotation/")
    page, seen = ana.page, set()
    with page.expect_response(lambda response: "/label/next/" in response.url):  # the scripts are at work
        page.get_by_role("link", name="Label for the study").click()
    for _ in range(6):
        asked = page.locator("[data-question]").inner_text()
        first = page.locator(".item[data-first]").count()
        expect(page.get_by_text(re.compile("Suggested, "))).to_have_count(0)
        page.keyboard.press("4")
        if first:
            expect(page.get_by_text("2 of 2")).to_be_visible()
            assert page.locator("[data-question]").inner_text() == asked
            expect(page.get_by_role("button", name=re.compile("Other"))).to_contain_text("Your answer")
            expect(page.get_by_text(re.compile("Suggested, "))).to_have_count(1)
            assert ana.barriers() == []
            page.keyboard.press("Enter")
        expect(page.locator("[data-question]")).not_to_have_text(asked)
        seen.add(bool(first))
    expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    (kept,) = live.rows(
        "select count(*), sum(answered_at is not null) from annotation_studytask where arm = 'reveal'"
    )
    assert kept[0] == (kept[1] or 0)
    rosa.page.get_by_role("button", name="Measure now").click()
    rosa.page.get_by_role("link", name="Show the figures").click(timeout=120_000)
    expect(rosa.page.get_by_role("heading", name="By arm and annotator")).to_be_visible()
    assert rosa.barriers() == []
    assert rosa.too_wide() == []
    rosa.page.get_by_role("button", name="End the study…").click()
    rosa.page.get_by_role("button", name="End it").click()
    expect(rosa.page.get_by_role("button", name="End the study…")).to_have_count(0)
