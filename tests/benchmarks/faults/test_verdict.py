"""The verdict finds what is wrong: each test damages good evidence in one way."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.faults.evidence import Evidence, LabelEvidence, RoomEvidence
from benchmarks.faults.ledger import Decided, Deployed, Labelled, Room, Seen
from benchmarks.faults.verdict import judge
from simulator.exports.envelope import EventRecord
from simulator.rehearsal.ledger import Ledger, Sent

SESSION = uuid.UUID(int=1)
ASKED, DECIDED, REPLY, SECOND = (str(uuid.UUID(int=number)) for number in (11, 12, 13, 14))


def event(seq: int, key: str, kind: str = "message.posted", *, persona: str, **more: Any) -> EventRecord:
    values: dict[str, Any] = {
        "session": SESSION, "scenario": "s@1", "seq": seq, "id": uuid.UUID(key), "type": kind, "actor": "a",
        "persona": persona, "turn": 1, "cause": None, "client": "", "txn": "", "ts_client": None,
        "ts_server": datetime(2026, 1, 1, tzinfo=UTC), "audience": "everyone", "payload": {},
    }  # fmt: skip
    return EventRecord(**values | more)


LOG = (
    event(1, ASKED, persona="teacher", txn="t1", payload={"text": "How long?", "kind": "message"}),
    event(2, DECIDED, "turn.decided", persona="", txn="d1", client="c", payload={"text": "Six."}),
    event(3, REPLY, persona="student", payload={"text": "Six.", "kind": "reply"}),
)
SHOWN = (ASKED, REPLY)


def played() -> tuple[Seen, Evidence]:
    """One room in which everything went well, one label, two deployments."""
    ledger = Ledger(str(SESSION))
    ledger.sent.append(Sent(txn="t1", sent_at=100.0, event=ASKED, answered=True))
    ledger.received = {ASKED: 100.2, REPLY: 103.0}
    seen = Seen(rooms=[Room(str(SESSION), "teacher1", ledger)])
    seen.decided.append(Decided(str(SESSION), 1, "d1", "Six."))
    seen.labelled["ana"] = [Labelled("ana", "l1", 5, "probing", 70)]
    seen.deployed = [Deployed("v2"), Deployed("v1")]
    found = Evidence(
        rooms={str(SESSION): RoomEvidence(LOG, LOG, SHOWN, "How long? Six.", True)},
        labels=[LabelEvidence(70, "ana", "l1", 5, "label", ("probing",), True)],
        exported_labels={70: ("probing",)},
        deployments=("v1", "v2", "v1"),
        page_version="v1",
        serving_version="v1",
    )
    return seen, found


def room(found: Evidence, **changes: Any) -> None:
    found.rooms[str(SESSION)] = replace(found.rooms[str(SESSION)], **changes)


def test_a_run_in_which_all_went_well_is_clean():
    seen, found = played()
    assert seen.acknowledged == 5
    assert set(judge(seen, found, deadline_s=10).to_json().values()) == {0}


DAMAGES: dict[str, tuple[str, Callable[[Seen, Evidence], None]]] = {
    "a message is not in the log": ("lost", lambda _, found: room(found, log=LOG[1:])),
    "a message is not in the export": ("lost", lambda _, found: room(found, exported=LOG[1:])),
    "a message is not on the page": ("lost", lambda _, found: room(found, shown=SHOWN[1:])),
    "a decision is not in the log": ("lost", lambda _, found: room(found, log=(LOG[0], LOG[2]))),
    "the state is not the log's": ("lost", lambda _, found: room(found, state_agrees=False)),
    "a label is gone": ("lost", lambda _, found: found.labels.clear()),
    "a label is not exported": ("lost", lambda _, found: found.exported_labels.clear()),
    "a label changed": (
        "lost",
        lambda _, found: setattr(found, "labels", [replace(found.labels[0], item=6)]),
    ),
    "a deployment is gone": ("lost", lambda _, found: setattr(found, "deployments", ("v1", "v2"))),
    "an old version serves": ("lost", lambda _, found: setattr(found, "serving_version", "v2")),
    "a message is stored twice": ("doubled", lambda _, found: room(found, exported=(*LOG, LOG[0]))),
    "a page got a line twice": ("doubled", lambda seen, _: setattr(seen.rooms[0].ledger, "doubled", 1)),
    "a label is stored twice": (
        "doubled",
        lambda _, found: found.labels.append(replace(found.labels[0], row=71)),
    ),
    "lines changed places": ("reordered", lambda _, found: room(found, shown=SHOWN[::-1])),
    "a turn was answered twice": (
        "double_answers",
        lambda _, found: room(
            found,
            log=(*LOG, event(4, SECOND, persona="student", payload={"text": "Six.", "kind": "fallback"})),
        ),
    ),
    "a reply came late": ("late", lambda seen, _: seen.rooms[0].ledger.received.update({REPLY: 121.0})),
    "a reply never came": ("late", lambda seen, _: seen.rooms[0].ledger.received.pop(REPLY)),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_found(name: str):
    seen, found = played()
    kind, damage = DAMAGES[name]
    damage(seen, found)
    assert judge(seen, found, deadline_s=10).to_json()[kind] > 0


def test_a_turn_may_take_as_much_longer_as_a_part_was_away_and_no_more():
    seen, found = played()
    seen.rooms[0].ledger.received[REPLY] = 124.0
    seen.down.append((105.0, 110.0))
    assert judge(seen, found, deadline_s=10).to_json()["late"] == 0
    seen.down[0] = (105.0, 107.0)
    assert judge(seen, found, deadline_s=10).to_json()["late"] == 1
    seen.setbacks.append((104.0, 300.0))  # four seconds of the turn had passed
    assert judge(seen, found, deadline_s=10).to_json()["late"] == 0
