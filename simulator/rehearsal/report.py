"""The verdict: what was sent and received, held against what the log says. Pure functions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.exports.envelope import EventRecord
from simulator.exports.reader import SessionRecord

from .frames import Shape
from .ledger import Ledger, Sent


@dataclass(frozen=True)
class AnsweredTurn:
    """One turn as the log has it. ``reason`` is why a person answered; empty when the machine did."""

    by: str  # "machine", "person" or "fallback"
    reason: str
    reply: str  # event id
    latency_ms: float | None  # from sending to receiving; None when it never arrived


@dataclass
class Report:
    rooms: int
    turns: list[AnsweredTurn] = field(default_factory=list)
    missing: int = 0
    doubled: int = 0
    betrayals: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    reconnects: int = 0
    abandoned: int = 0

    def to_json(self) -> dict[str, Any]:
        """The figures, in the order in which they are printed."""
        machine = [turn for turn in self.turns if turn.by == "machine"]
        others = Counter(turn.reason for turn in self.turns if turn.by != "machine")
        return {
            "rooms": self.rooms,
            "turns": len(self.turns),
            "auto_share": round(len(machine) / len(self.turns), 4) if self.turns else None,
            "takeovers": dict(sorted(others.items())),
            "auto_ms": percentiles(machine),
            "human_ms": percentiles([turn for turn in self.turns if turn.by == "person"]),
            "missing": self.missing,
            "doubled": self.doubled,
            "betrayals": len(self.betrayals),
        }


def percentiles(turns: Sequence[AnsweredTurn]) -> dict[str, int | None]:
    """Median and 95th percentile of the time to answer, in whole milliseconds; None without turns."""
    times = [turn.latency_ms for turn in turns if turn.latency_ms is not None]
    if not times:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(times, [50, 95])
    return {"p50": round(p50), "p95": round(p95)}


def judge(ledgers: Sequence[Ledger], exported: Mapping[str, SessionRecord]) -> Report:
    """Compare every room with its export.

    Missing is an acknowledged message that the export lacks, one that got no reply, a student's line that was
    logged and never received, or received and never logged. Doubled is whatever of these exists twice.
    """
    report = Report(rooms=len(ledgers))
    shapes: dict[str, dict[str, Shape]] = {"machine": {}, "person": {}}
    for ledger in ledgers:
        report.doubled += ledger.doubled
        report.betrayals += ledger.betrayals
        report.errors += ledger.errors
        report.reconnects += ledger.reconnects
        record = exported.get(ledger.session)
        events = record.events if record else ()
        for turn in _judge_room(ledger, events, report):
            report.turns.append(turn)
            if turn.by in shapes and turn.reply in ledger.shapes:
                shapes[turn.by][turn.reply] = ledger.shapes[turn.reply]
    report.betrayals += list(_telling_shapes(shapes["machine"], shapes["person"]))
    return report


def _judge_room(ledger: Ledger, events: Sequence[EventRecord], report: Report) -> Iterator[AnsweredTurn]:
    by_txn = Counter(event.txn for event in events if event.persona == "teacher")
    ids = Counter(str(event.id) for event in events)
    report.doubled += sum(count - 1 for count in (*by_txn.values(), *ids.values()) if count > 1)
    asked = {str(event.id): event for event in events if event.persona == "teacher"}
    for sent in ledger.sent:
        if not sent.event:
            continue  # never acknowledged, so nothing was promised
        if sent.event not in asked or by_txn[sent.txn] == 0:
            report.missing += 1
            continue
        turn = _judge_turn(sent, asked[sent.event].turn, events, ledger, report)
        if turn is not None:
            yield turn
    _judge_lines(ledger, events, report)


def _judge_lines(ledger: Ledger, events: Sequence[EventRecord], report: Report) -> None:
    """Student's lines must be the same set in the log and in the browser."""
    logged = {str(event.id) for event in events if event.persona == "student"}
    known = {str(event.id) for event in events}
    report.missing += len(set(ledger.received) - known)
    if not ledger.interrupted:
        report.missing += len(logged - set(ledger.received))


def _judge_turn(
    sent: Sent, number: int | None, events: Sequence[EventRecord], ledger: Ledger, report: Report
) -> AnsweredTurn | None:
    of_turn = [event for event in events if event.turn == number]
    replies = [
        event
        for event in of_turn
        if event.type == "message.posted" and event.payload.get("kind") in ("reply", "fallback")
    ]
    if not replies:
        if ledger.interrupted and not sent.answered:
            report.abandoned += 1
        else:
            report.missing += 1
        return None
    report.doubled += len(replies) - 1
    reply = replies[0]
    arrived = ledger.received.get(str(reply.id))
    latency = None if arrived is None else (arrived - sent.sent_at) * 1000
    by = _author(reply)
    return AnsweredTurn(by, _reason(by, of_turn), str(reply.id), latency)


def _author(reply: EventRecord) -> str:
    if reply.actor.startswith("machine:"):
        return "machine"
    return "person" if reply.actor.startswith("user:") else "fallback"


def _reason(by: str, of_turn: Sequence[EventRecord]) -> str:
    """Why the machine did not answer: the last route; what it took back after that was seized."""
    if by != "person":
        return "" if by == "machine" else "fallback"
    routes = [str(event.payload.get("route")) for event in of_turn if event.type == "turn.routed"]
    return "seized" if not routes or routes[-1] == "certain" else routes[-1]


def _telling_shapes(machine: Mapping[str, Shape], person: Mapping[str, Shape]) -> Iterator[str]:
    """Replies whose frames look like none of the other author's; nothing where only one author replied."""
    if not machine or not person:
        return
    for own, others in ((machine, person), (person, machine)):
        common = set(others.values())
        for reply, shape in own.items():
            if shape not in common:
                yield f"reply {reply}: no reply of the other author has the shape {shape}"
