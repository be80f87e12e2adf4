"""Supervisors who are late, away or two at once: one reply, and the teacher always gets it."""

import threading

import pytest

from tests.faults.log import kinds, lines, personas, turn_status
from tests.live import Live, eventually
from tests.live_scenarios import HURRIED, UNSURE
from tests.ws_client import ConsoleTab, TeacherTab, txn

pytestmark = pytest.mark.slow


def test_of_two_simultaneous_claims_one_is_granted(live: Live, visit):
    session = visit("theo").begin(UNSURE)
    with (
        TeacherTab(visit("theo"), session) as teacher,
        ConsoleTab(visit("will")) as will,
        ConsoleTab(visit("wanda")) as wanda,
    ):
        teacher.hello()
        will.hello(), wanda.hello()
        teacher.send("How did you get that?")
        number = will.until_waiting(session)["number"]
        start, answers = threading.Barrier(2), []

        def claim(console: ConsoleTab) -> None:
            start.wait()
            answers.append((console, console.claim(session, number)))

        threads = [threading.Thread(target=claim, args=(console,)) for console in (will, wanda)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        granted = [(console, answer) for console, answer in answers if answer["type"] == "ack"]
        refused = [answer["code"] for _console, answer in answers if answer["type"] == "err"]
        assert (len(granted), refused) == (1, ["turn_held"])
        console, answer = granted[0]
        console.decide(session, number, answer["epoch"], "I just added twelve.")
        assert teacher.until_reply() == "I just added twelve."
    assert personas(live, session) == ["teacher", "student"]


def test_a_reply_under_a_stale_lease_is_refused_and_kept(live: Live, visit):
    session = visit("theo").begin(UNSURE)
    with (
        TeacherTab(visit("theo"), session) as teacher,
        ConsoleTab(visit("will")) as will,
        ConsoleTab(visit("wanda")) as wanda,
    ):
        teacher.hello()
        will.hello(), wanda.hello()
        teacher.send("Which one is an enlargement?")
        number = will.until_waiting(session)["number"]
        stale = will.claim(session, number)["epoch"]
        will.say(type="release", session=session, turn=number, epoch=stale)
        will.answer("release")
        fresh = wanda.claim(session, number)["epoch"]
        assert wanda.decide(session, number, fresh, "The red one, I think.")["type"] == "ack"
        late = will.decide(session, number, stale, "The green one.")
        assert (late["type"], late["code"]) == ("err", "turn_moved_on")
        assert teacher.until_reply() == "The red one, I think."
    assert lines(live, session)[1:] == [("student", "The red one, I think.")]
    assert kinds(live, session).count("turn.late_reply") == 1


def test_a_decision_sent_twice_is_one_reply(live: Live, visit):
    session = visit("theo").begin(UNSURE)
    with TeacherTab(visit("theo"), session) as teacher, ConsoleTab(visit("will")) as will:
        teacher.hello(), will.hello()
        teacher.send("Why is it twelve?")
        number = will.until_waiting(session)["number"]
        epoch = will.claim(session, number)["epoch"]
        key = txn()
        for _ in range(2):
            assert will.decide(session, number, epoch, "Because it grew.", key=key)["type"] == "ack"
        assert teacher.until_reply() == "Because it grew."
    assert kinds(live, session).count("turn.decided") == 1
    assert personas(live, session) == ["teacher", "student"]


def test_with_every_supervisor_asleep_the_student_stalls_and_then_answers(live: Live, visit):
    session = visit("theo").begin(HURRIED)
    with TeacherTab(visit("theo"), session) as teacher:
        teacher.hello()
        teacher.send("What do you think about the green one?")
        teacher.until_reply()
    assert personas(live, session) == ["teacher", "student", "student"]
    said = kinds(live, session)
    assert said.index("turn.stalled") < said.index("turn.decided")


def test_a_supervisor_who_falls_asleep_over_a_claim_holds_nobody_up(live: Live, visit):
    session = visit("theo").begin(HURRIED)
    with TeacherTab(visit("theo"), session) as teacher, ConsoleTab(visit("will")) as will:
        teacher.hello(), will.hello()
        teacher.send("How much longer is it?")
        number = will.until_waiting(session)["number"]
        epoch = will.claim(session, number)["epoch"]
        teacher.until_reply()
        late = will.decide(session, number, epoch, "Twelve.")
        assert late["code"] == "turn_moved_on"
    assert turn_status(live, session) == "replied"
    assert kinds(live, session).count("turn.decided") == 1


def test_a_console_that_vanishes_gives_its_claim_back(live: Live, visit):
    session = visit("theo").begin(HURRIED)
    with TeacherTab(visit("theo"), session) as teacher:
        teacher.hello()
        teacher.send("How wide is the green one?")
        with ConsoleTab(visit("will")) as will:
            will.hello()
            will.claim(session, will.until_waiting(session)["number"])
        eventually(lambda: turn_status(live, session) == "replied")
        teacher.until_reply()
    assert personas(live, session).count("teacher") == 1
