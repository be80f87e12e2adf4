"""The teacher's room when the connection, the server or the teacher's own reload come in between."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.people import WITHIN_MS, Person
from tests.faults.log import lines, personas
from tests.live import Live
from tests.ws_client import ConsoleTab, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "How long is the red rectangle?"


def spoken(person: Person, count: int) -> list[str]:
    """The lines of the dialogue, once there are that many."""
    expect(person.lines()).to_have_count(count, timeout=WITHIN_MS)
    return person.page.locator("#lines .bubble").all_inner_texts()


def test_a_message_written_without_a_connection_goes_out_once_it_is_back(live: Live, people: People):
    theo = people.sign_in("theo")
    session = theo.begin("Scale factor, always-sure")
    live.member("web").suspend()  # as good as gone: the socket hangs, nothing is answered
    theo.say(QUESTION)
    expect(theo.page.locator("#outbox")).to_contain_text(QUESTION)
    live.kill("web")
    expect(theo.page.locator("#connection-words")).not_to_have_text("Connected", timeout=WITHIN_MS)
    expect(theo.page.locator("#outbox")).to_contain_text(QUESTION)
    live.wait_until_ready()
    spoken(theo, 2)
    expect(theo.page.locator("#outbox > *")).to_have_count(0)
    assert personas(live, session) == ["teacher", "student"]


def test_an_unsent_message_survives_a_reload(live: Live, people: People):
    theo = people.sign_in("theo")
    session = theo.begin("Scale factor, always-sure")
    web = live.member("web")
    web.suspend()
    theo.say(QUESTION)
    expect(theo.page.locator("#outbox")).to_contain_text(QUESTION)
    web.resume()
    theo.page.reload()
    theo.be_connected()
    spoken(theo, 2)
    assert personas(live, session) == ["teacher", "student"]


def test_a_reload_shows_the_same_dialogue_in_every_state(live: Live, people: People):
    theo = people.sign_in("theo")
    session = theo.begin("Scale factor, never-sure")

    def reloaded(count: int) -> list[str]:
        theo.page.reload()
        return spoken(theo, count)

    assert reloaded(0) == []
    theo.page.get_by_label("Message to").fill("a draft")
    theo.page.reload()
    expect(theo.page.get_by_label("Message to")).to_have_value("a draft")

    theo.be_connected()
    theo.say(QUESTION)
    before = spoken(theo, 1)
    assert reloaded(1) == before
    expect(theo.page.locator("#typing")).not_to_be_empty()

    with Visitor(live, "will") as will, ConsoleTab(will) as console:
        console.hello()
        turn = console.until_waiting(session)
        console.decide(session, turn["number"], turn["epoch"], "Eighteen.")
    answered = spoken(theo, 2)
    assert reloaded(2) == answered

    theo.page.get_by_role("button", name="End…").click()
    theo.page.get_by_role("button", name="End it").click()
    theo.page.goto(f"/sessions/{session}/")
    assert spoken(theo, 2) == answered
    expect(theo.page.get_by_text("The rehearsal has ended")).to_be_visible()
    assert [text for _persona, text in lines(live, session)] == [QUESTION, "Eighteen."]
