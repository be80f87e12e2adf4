"""The Routing page in a browser: the slider moves the figures at once, and a threshold is put into force."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS
from tests.live import Live
from tests.live_scenarios import SURE
from tests.ws_client import TeacherTab, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_researcher_slides_and_puts_a_threshold_into_force(live: Live, people: People):
    with Visitor(live, "theo") as theo:
        session = theo.begin(SURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            tab.send("How long is the red rectangle?")
            tab.until_reply()
    rosa = people.sign_in("rosa")
    rosa.page.goto(f"/routing/demo/{SURE}/")
    slider = rosa.page.get_by_role("slider", name="Threshold")
    share = rosa.page.locator("[data-figure=coverage]")
    slider.fill("1")
    expect(share).to_have_text("100.0 %")
    slider.fill("0")
    expect(share).to_have_text("0.0 %")
    marker = rosa.page.locator("[data-curve=load] .curve__chosen")
    at_zero = marker.get_attribute("transform")
    slider.focus()
    rosa.page.keyboard.press("ArrowRight")
    expect(rosa.page.locator("output[data-figure=threshold]")).to_have_text("0.01")
    assert marker.get_attribute("transform") != at_zero
    slider.fill("1")
    rosa.page.get_by_role("button", name="Put this threshold into force").click()
    expect(rosa.page.get_by_role("heading", name="Put 1.00 into force?")).to_be_visible(timeout=WITHIN_MS)
    rosa.page.get_by_role("button", name="Yes, from the next turn on").click()
    expect(rosa.page.get_by_role("cell", name="chosen by rosa")).to_be_visible(timeout=WITHIN_MS)
