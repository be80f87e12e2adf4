"""The verdict: what was acknowledged, held against the log, the exports and the pages. Pure functions."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.faults.evidence import Evidence, LabelEvidence, RoomEvidence
from benchmarks.faults.ledger import Labelled, Room, Seen
from simulator.exports.envelope import EventRecord

SLACK_S = 10.0  # a browser waits up to 7.5 s between two tries to reach the server
MAIN = ("reply", "fallback")


@dataclass
class Verdict:
    """Each list says what is wrong in words, so that a run can be looked into."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    double_answers: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)

    def to_json(self) -> dict[str, int]:
        return {
            name: len(getattr(self, name))
            for name in ("lost", "doubled", "reordered", "double_answers", "late")
        }

    def words(self) -> Iterable[str]:
        for name in self.to_json():
            yield from (f"{name}: {what}" for what in getattr(self, name))


def judge(seen: Seen, found: Evidence, *, deadline_s: float) -> Verdict:
    """Compare. ``deadline_s`` is what every turn is promised, extensions included."""
    verdict = Verdict()
    for room in seen.rooms:
        _judge_room(room, found.rooms[room.session], verdict)
        _judge_waits(room, found.rooms[room.session], seen, deadline_s, verdict)
    _judge_decisions(seen, found, verdict)
    for annotator, acknowledged in seen.labelled.items():
        rows = [row for row in found.labels if row.annotator == annotator]
        _judge_labels(acknowledged, rows, found, verdict)
    _judge_deployments([one.version for one in seen.deployed], found, verdict)
    return verdict


def _repeated(values: Iterable[object]) -> list[object]:
    return [value for value, count in Counter(values).items() if count > 1]


def _in_order(part: Sequence[object], whole: Sequence[object]) -> bool:
    """Whether what the two share stands in the same order in both."""
    place = {value: index for index, value in enumerate(whole)}
    places = [place[value] for value in part if value in place]
    return places == sorted(places)


def _judge_room(room: Room, found: RoomEvidence, verdict: Verdict) -> None:
    name = f"room {room.session[:8]}"
    logged = [str(event.id) for event in found.log]
    exported = [str(event.id) for event in found.exported]
    acknowledged = [sent.event for sent in room.ledger.sent if sent.event]
    views = {"the log": logged, "the export": exported, "the teacher's page": list(found.shown)}
    for view, ids in views.items():
        verdict.lost += [f"{name}: {one} is not in {view}" for one in acknowledged if one not in set(ids)]
        verdict.doubled += [f"{name}: {one} twice in {view}" for one in _repeated(ids)]
        for what, order in (("acknowledged", acknowledged), ("received", list(room.ledger.received))):
            if not _in_order(order, ids):
                verdict.reordered.append(f"{name}: what was {what} stands otherwise in {view}")
    verdict.lost += [f"{name}: {one} was shown, not logged" for one in {*room.ledger.received} - {*logged}]
    verdict.doubled += [f"{name}: a page got a line twice"] * room.ledger.doubled
    verdict.doubled += [f"{name}: txn {one} stored twice" for one in _repeated(_txns(found.log))]
    if [event.seq for event in found.log] != list(range(1, len(found.log) + 1)):
        verdict.lost.append(f"{name}: the log has gaps")
    if not found.state_agrees:
        verdict.lost.append(f"{name}: the student's state is not what the log makes of it")
    said = [event.payload["text"] for event in found.log if event.type == "message.posted"]
    verdict.lost += [
        f"{name}: {text!r} is not on the researcher's page" for text in said if text not in found.page
    ]
    main = [event.turn for event in found.log if _is_main(event)]
    verdict.double_answers += [f"{name}: turn {one} was answered twice" for one in _repeated(main)]


def _txns(log: Sequence[EventRecord]) -> list[tuple[str, str]]:
    return [(event.client, event.txn) for event in log if event.txn]


def _is_main(event: EventRecord) -> bool:
    return event.type == "message.posted" and event.payload.get("kind") in MAIN


def _judge_waits(room: Room, found: RoomEvidence, seen: Seen, deadline_s: float, verdict: Verdict) -> None:
    """From a teacher's first try to send until the reply was on the page."""
    replies = {event.turn: str(event.id) for event in found.log if _is_main(event)}
    turns = {str(event.id): event.turn for event in found.log if event.persona == "teacher"}
    for sent in room.ledger.sent:
        if not sent.event:
            continue
        reply = replies.get(turns.get(sent.event))
        arrived = room.ledger.received.get(reply) if reply else None
        if arrived is None:
            verdict.late.append(
                f"room {room.session[:8]}: turn {turns.get(sent.event)} got no reply {room.refused}"
            )
            continue
        wait_s = arrived - sent.sent_at
        verdict.waits_s.append(wait_s)
        allowed_s = deadline_s + seen.allowance(sent.sent_at, arrived) + SLACK_S
        if wait_s > allowed_s:
            words = f"turn {turns[sent.event]} took {wait_s:.1f} s, {allowed_s:.1f} s were allowed"
            verdict.late.append(f"room {room.session[:8]}: {words}")


def _judge_decisions(seen: Seen, found: Evidence, verdict: Verdict) -> None:
    """A supervisor's acknowledged reply is in the log, and it is what the student said."""
    for decided in seen.decided:
        log = found.rooms[decided.session].log
        stored = [event for event in log if event.txn == decided.txn and event.type == "turn.decided"]
        if not stored:
            verdict.lost.append(f"decision {decided.txn[:8]} of turn {decided.turn} is not in the log")
        said = [event.payload["text"] for event in log if _is_main(event) and event.turn == decided.turn]
        if stored and said and said[0] != stored[0].payload["text"]:
            verdict.lost.append(f"decision {decided.txn[:8]} was acknowledged, {said[0]!r} was said")


def _judge_labels(
    acknowledged: Sequence[Labelled], rows: Sequence[LabelEvidence], found: Evidence, verdict: Verdict
) -> None:
    by_txn = {row.txn: row for row in rows}
    verdict.doubled += [f"label {txn} stored twice" for txn in _repeated(row.txn for row in rows)]
    standing = [(row.item, row.annotator) for row in rows if row.standing]
    verdict.doubled += [f"item {one} has two standing labels" for one in _repeated(standing)]
    for label in acknowledged:
        row = by_txn.get(label.txn)
        if row is None or (label.item is not None and (row.item, row.labels) != (label.item, (label.label,))):
            verdict.lost.append(f"label {label.txn[:8]} of item {label.item} is not stored as acknowledged")
        elif label.row is not None and row.row != label.row:
            verdict.doubled.append(f"label {label.txn[:8]} was acknowledged as another row")
    if not _in_order([label.txn for label in acknowledged], [row.txn for row in rows]):
        verdict.reordered.append("labels are stored in another order than they were given")
    for row in rows:
        if row.standing and row.action == "label" and found.exported_labels.get(row.row) != row.labels:
            verdict.lost.append(f"label {row.row} stands and is not in the export")


def _judge_deployments(acknowledged: Sequence[str], found: Evidence, verdict: Verdict) -> None:
    """The store's history is the first version, then what was acknowledged, perhaps one more at the end."""
    history = list(found.deployments[1:])
    if history[: len(acknowledged)] != list(acknowledged):
        verdict.lost.append(f"{len(acknowledged)} deployments acknowledged, the store has {len(history)}")
    if any(one == other for one, other in itertools.pairwise(history)):
        verdict.doubled.append("a deployment is in the store's history twice in a row")
    current = found.deployments[-1]
    for where, version in (("the page", found.page_version), ("the engine", found.serving_version)):
        if version != current:
            verdict.lost.append(f"{where} says {version}, {current} is deployed")
