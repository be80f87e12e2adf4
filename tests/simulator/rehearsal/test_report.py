"""The verdict finds what it is there to find: lost, doubled and telling things, and counts the rest right."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.exports.envelope import EventRecord
from simulator.exports.reader import SessionRecord
from simulator.rehearsal.frames import betrayals_in
from simulator.rehearsal.ledger import Ledger, Sent
from simulator.rehearsal.report import judge

SESSION = str(uuid.UUID(int=1))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def batch(*events: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "type": "batch",
        "cursor": events[-1]["id"] if events else None,
        "reset": False,
        "events": list(events),
        "typing": False,
        "may_send": True,
        "ended": None,
        "picture": None,
    } | changes


def line(number: int, persona: str = "student", **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=number)),
        "type": "message.posted",
        "persona": persona,
        "ts": BEGIN.isoformat(),
        "payload": {"text": "a model of a machine, by my supervisor"},
    } | changes


class Room:
    """A log and what its browser noted, turn by turn; tests then take something away or add to it."""

    def __init__(self) -> None:
        self.ledger = Ledger(SESSION)
        self.events: list[EventRecord] = []
        self._ids = 0

    def log(self, kind: str, **fields: Any) -> EventRecord:
        self._ids += 1
        blank = {"actor": "system", "persona": "", "turn": None, "client": "", "txn": "", "payload": {}}
        event = EventRecord(
            session=uuid.UUID(SESSION), scenario="s@1", seq=len(self.events) + 1, id=uuid.UUID(int=self._ids),
            type=kind, cause=None, ts_client=None, ts_server=BEGIN + timedelta(seconds=self._ids),
            audience="team", **(blank | fields),
        )  # fmt: skip
        self.events.append(event)
        return event

    def turn(self, number: int, actor: str, *, route: str = "uncertain", took_s: float = 0.5) -> EventRecord:
        at = 10.0 * number
        asked = self.log(
            "message.posted", actor="user:1", persona="teacher", turn=number, client="tab", txn=f"t{number}"
        )
        if actor.startswith("machine"):
            route = "certain"
        self.log("turn.routed", turn=number, payload={"route": route})
        kind = "fallback" if actor == "system" else "reply"
        reply = self.log(
            "message.posted", actor=actor, persona="student", turn=number, payload={"kind": kind}
        )
        self.ledger.sent.append(Sent(f"t{number}", at))
        self.ledger.note({"type": "ack", "txn": f"t{number}", "id": str(asked.id)}, at)
        own = line(asked.id.int, "teacher", txn=f"t{number}")
        self.ledger.note(batch(own, may_send=False, typing=True), at)
        self.ledger.note(batch(line(reply.id.int)), at + took_s)
        self.ledger.sent[-1].answered = True
        return reply

    def verdict(self) -> dict[str, Any]:
        exported = {SESSION: SessionRecord(uuid.UUID(SESSION), "s@1", tuple(self.events))}
        return judge([self.ledger], exported).to_json()


@pytest.fixture
def room() -> Room:
    room = Room()
    room.turn(1, "machine:v1", took_s=0.2)
    room.turn(2, "user:2", took_s=1.0)
    room.turn(3, "user:2", route="failed", took_s=3.0)
    room.turn(4, "system", took_s=45.0)
    return room


def test_an_orderly_room_is_counted_and_found_clean(room: Room):
    assert room.verdict() == {
        "rooms": 1,
        "turns": 4,
        "auto_share": 0.25,
        "takeovers": {"failed": 1, "fallback": 1, "uncertain": 1},
        "auto_ms": {"p50": 200, "p95": 200},
        "human_ms": {"p50": 2000, "p95": 2900},
        "missing": 0,
        "doubled": 0,
        "betrayals": 0,
    }


def test_a_room_whose_reply_was_seized_says_so():
    room = Room()
    room.turn(1, "user:2", route="certain")
    assert room.verdict()["takeovers"] == {"seized": 1}


def test_nothing_played_gives_no_shares_and_no_times():
    verdict = Room().verdict()
    assert verdict["auto_share"] is None
    assert verdict["auto_ms"] == {"p50": None, "p95": None}


def test_an_acknowledged_message_that_the_log_lacks_is_missing(room: Room):
    room.events = [event for event in room.events if event.txn != "t2"]
    assert room.verdict()["missing"] == 2  # the log lacks it, and the browser has seen what the log lacks


def test_a_message_without_reply_is_missing(room: Room):
    lost = next(event for event in room.events if event.turn == 3 and event.persona == "student")
    room.events.remove(lost)
    del room.ledger.received[str(lost.id)]
    assert room.verdict()["missing"] == 1


def test_a_reply_that_never_arrived_is_missing(room: Room):
    reply = room.log("message.posted", actor="user:2", persona="student", turn=4, payload={"kind": "stall"})
    assert str(reply.id) not in room.ledger.received
    assert room.verdict()["missing"] == 1


def test_a_whole_session_that_the_export_lacks_is_missing(room: Room):
    assert judge([room.ledger], {}).to_json()["missing"] >= 4


def test_what_was_never_acknowledged_is_not_missed(room: Room):
    room.ledger.sent.append(Sent("t5", 50.0))
    assert room.verdict()["missing"] == 0


def test_a_turn_cut_off_by_an_interruption_is_not_missing(room: Room):
    asked = room.log("message.posted", actor="user:1", persona="teacher", turn=5, client="tab", txn="t5")
    room.ledger.sent.append(Sent("t5", 50.0, event=str(asked.id)))
    assert room.verdict()["missing"] == 1
    room.ledger.interrupted = True
    assert room.verdict()["missing"] == 0


def test_a_message_stored_twice_is_doubled(room: Room):
    room.log("message.posted", actor="user:1", persona="teacher", turn=2, client="tab", txn="t2")
    assert room.verdict()["doubled"] == 1


def test_a_turn_with_two_replies_is_doubled(room: Room):
    second = room.log(
        "message.posted", actor="machine:v1", persona="student", turn=2, payload={"kind": "reply"}
    )
    room.ledger.note(batch(line(second.id.int)), 99.0)
    assert room.verdict()["doubled"] == 1


def test_a_line_that_comes_twice_is_doubled_unless_the_page_begins_anew(room: Room):
    again = [line(int(uuid.UUID(event))) for event in room.ledger.received]
    room.ledger.note(batch(*again, reset=True), 99.0)
    assert room.verdict()["doubled"] == 0
    room.ledger.note(batch(again[0]), 99.0)
    assert room.verdict()["doubled"] == 1


def test_a_repeated_sending_must_get_the_first_acknowledgement(room: Room):
    room.ledger.note({"type": "ack", "txn": "t1", "id": str(uuid.UUID(int=1))}, 99.0)
    assert room.verdict()["doubled"] == 0
    room.ledger.note({"type": "ack", "txn": "t1", "id": str(uuid.UUID(int=77))}, 99.0)
    assert room.verdict()["doubled"] == 1


def test_words_in_a_line_betray_nothing():
    assert betrayals_in(batch(line(5), line(6, "teacher", txn="t"))) == []


@pytest.mark.parametrize(
    "frame",
    [
        batch(line(5, actor="machine:v1")),
        batch(line(5, seq=7)),
        batch(line(5, turn=2)),
        batch(line(5, cause=None)),
        batch(line(5, txn="d1")),
        batch(line(5, payload={"text": "Six.", "kind": "fallback"})),
        batch(line(5, payload={"text": "Six.", "candidates": []})),
        batch(line(5, persona="supervisor")),
        batch(line(5, type="turn.decided")),
        batch(line(5, id="5")),
        batch(model_version="v1"),
        batch(cursor="12"),
        batch(ended="supervisor_left"),
        batch(picture="Answered by a machine"),
        {"type": "ack", "txn": "t", "id": str(uuid.UUID(int=1)), "route": "uncertain"},
        {"type": "err", "code": "turn_held", "detail": "", "retryable": False},
        {"type": "room", "room": {}},
        {"type": "pong", "server_time": BEGIN.isoformat(), "cursor": None, "uncertainty": 0.4},
        ["batch"],
    ],
)
def test_a_key_or_value_that_a_teacher_must_not_get_betrays(frame: object):
    assert betrayals_in(frame)


def test_replies_of_one_author_that_look_different_betray(room: Room):
    third = room.log(
        "message.posted", actor="machine:v1", persona="student", turn=5, payload={"kind": "reply"}
    )
    asked = room.log("message.posted", actor="user:1", persona="teacher", turn=5, client="tab", txn="t5")
    room.ledger.sent.append(Sent("t5", 50.0, event=str(asked.id), answered=True))
    room.ledger.note(batch(line(asked.id.int, "teacher", txn="t5"), may_send=False), 50.0)
    room.ledger.note(batch(line(third.id.int), typing=True), 51.0)  # a machine that goes on typing
    assert room.ledger.betrayals == []
    assert room.verdict()["betrayals"] == 1
