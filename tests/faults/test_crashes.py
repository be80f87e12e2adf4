"""Processes that die without a word: nothing is lost, nothing is doubled, the reply arrives."""

import pytest

from tests.faults.log import personas, turn_status
from tests.live import MEMBERS, Live, eventually
from tests.live_scenarios import SLOW_ENGINE, SURE
from tests.ws_client import ConsoleTab, TeacherTab, txn

pytestmark = pytest.mark.slow


def test_an_engine_killed_while_predicting_leaves_one_reply(live: Live, visit):
    """The next engine answers, or a supervisor when it comes too late; never both, never nobody."""
    theo = visit("theo")
    session = theo.begin(SLOW_ENGINE)
    with TeacherTab(theo, session) as tab, ConsoleTab(visit("will")) as will:
        tab.hello(), will.hello()
        engine = live.member("engine")
        tab.send("How long is the red rectangle?")
        eventually(lambda: turn_status(live, session) == "predicting", every_s=0.002)
        engine.suspend()  # holds the moment, so that the kill certainly meets it
        assert turn_status(live, session) == "predicting"
        stood_at = live.kill("engine")
        eventually(lambda: turn_status(live, session) in ("backup_wait", "auto", "replied"))
        if turn_status(live, session) == "backup_wait":
            turn = will.until_waiting(session)
            will.decide(session, turn["number"], turn["epoch"], "Eighteen.")
        tab.until_reply()
    assert personas(live, session) == ["teacher", "student"]
    live.wait_for_engine(since=stood_at)


def test_a_web_server_killed_after_the_acknowledgement_loses_nothing(live: Live, visit):
    theo = visit("theo")
    session = theo.begin(SURE)
    with TeacherTab(theo, session) as tab:
        tab.hello()
        acknowledged = tab.send("What is the width of the red rectangle?", key="once")
        cursor, client = tab.cursor, tab.client
        live.kill("web")
    live.wait_until_ready()
    with TeacherTab(theo, session, client=client) as tab:
        batch = tab.hello(cursor)
        assert not batch["reset"]
        assert tab.send("What is the width of the red rectangle?", key="once")["id"] == acknowledged["id"]
        eventually(lambda: turn_status(live, session) == "replied")
    assert personas(live, session) == ["teacher", "student"]


def test_a_message_sent_twice_is_stored_once(live: Live, visit):
    theo = visit("theo")
    session = theo.begin(SURE)
    key = txn()
    with TeacherTab(theo, session) as tab:
        tab.hello()
        first = tab.send("How long is the blue one?", key=key)
        second = tab.send("How long is the blue one?", key=key)
        tab.until_reply()
        third = tab.send("How long is the blue one?", key=key)
    assert first["id"] == second["id"] == third["id"]
    assert personas(live, session) == ["teacher", "student"]


def test_when_the_group_is_killed_its_members_end_and_it_starts_again(live: Live, visit):
    theo = visit("theo")
    session = theo.begin(SURE)
    members = [live.member(name) for name in MEMBERS]
    assert live.process is not None
    live.process.kill()
    live.process.wait()
    eventually(lambda: not any(member.is_running() for member in members))
    live.start()
    with TeacherTab(theo, session) as tab:
        tab.hello()
        tab.send("How long is the blue one?")
        tab.until_reply()
    assert personas(live, session) == ["teacher", "student"]
