"""Layered takeover and the page that explains a decision, as a supervisor uses them in a browser."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS
from tests.live import Live, eventually
from tests.live_scenarios import UNSURE
from tests.ws_client import TeacherTab, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINE = "And that small one there, how far is it across?"
REPAIRED = "select payload from simulator_event where type = 'turn.repaired' order by ts_server desc limit 1"
DECIDED = "select payload from simulator_event where type = 'turn.decided' order by ts_server desc limit 1"


def key_of(panel: Locator, option: str) -> str:
    return panel.locator(f"[data-keep='{option}'] kbd").inner_text()


def test_a_layer_is_put_right_by_keys_and_the_machine_finishes_the_line(live: Live, people: People):
    with Visitor(live, "theo") as theo:
        session = theo.begin(UNSURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            tab.send(LINE)
            will = people.sign_in("will")
            will.page.goto("/console/")
            will.page.locator(f"[data-session='{session}']").click()
            expect(will.page.locator("#turn-text")).to_have_text(LINE, timeout=WITHIN_MS)
            expect(will.page.locator("#candidates > li")).not_to_have_count(0, timeout=WITHIN_MS)

            will.page.keyboard.press("f")
            panel = will.page.locator("#layers")
            tab_of = lambda name: panel.locator(f"[data-keep='tab:{name}']")  # noqa: E731
            expect(panel.get_by_text("most doubtful")).to_have_count(1)
            assert will.barriers() == []
            # Value, blue, length: the first by a click, the others by their number keys.
            tab_of("dialogue_act").click()
            panel.locator("[data-keep='dialogue_act:Pump/Value']").click()
            will.page.evaluate("document.activeElement.blur()")
            will.page.keyboard.press(key_of(panel, "object:blue"))
            will.page.keyboard.press(key_of(panel, "dimension:length"))
            expect(will.page.locator("#candidates > li").first).to_contain_text("6 cm")
            expect(tab_of("dimension")).to_contain_text("length")
            expect(tab_of("dimension")).to_contain_text("put right")
            expect(tab_of("operation")).to_have_attribute("aria-pressed", "true")
            will.page.keyboard.press("Enter")
            reply = tab.until_reply()
            assert "6 cm" in reply
    ((repaired,),) = live.rows(REPAIRED)
    assert '["dimension", "length"]' in repaired
    ((decided,),) = eventually(lambda: live.rows(DECIDED))
    assert '"repaired": true' in decided

    will.page.goto(f"/sessions/{session}/turns/1/")
    expect(will.page.get_by_role("heading", name="The joint score")).to_be_visible()
    expect(will.page.get_by_text("the reading put right").first).to_be_visible()
    assert will.barriers() == []


def test_escape_leaves_the_panel_and_numbers_choose_replies_again(live: Live, people: People):
    with Visitor(live, "theo") as theo:
        session = theo.begin(UNSURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            tab.send(LINE)
    will = people.sign_in("will")
    will.page.goto("/console/")
    will.page.locator(f"[data-session='{session}']").click()
    expect(will.page.locator("#candidates > li")).not_to_have_count(0, timeout=WITHIN_MS)
    will.page.keyboard.press("f")
    expect(will.page.locator("#layers")).to_be_visible()
    will.page.keyboard.press("Escape")
    expect(will.page.locator("#layers")).to_be_hidden()
    will.page.keyboard.press("1")
    expect(will.page.locator("#lines > li")).to_have_count(2, timeout=WITHIN_MS)
