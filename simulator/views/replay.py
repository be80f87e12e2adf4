"""A session's log, put together turn by turn for the researcher's page. Pure functions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class TurnReplay:
    """What was asked, what the machine made of it, what people did, and what was said."""

    number: int
    asked: str = ""
    at: datetime | None = None
    predicted: dict[str, Any] = field(default_factory=dict)
    route: str = ""
    audited: bool = False
    decided: dict[str, Any] = field(default_factory=dict)
    decided_by: str = ""
    steps: list[tuple[datetime, str, str]] = field(default_factory=list)
    replies: list[tuple[datetime, str, str, str]] = field(default_factory=list)

    @property
    def by_machine(self) -> bool:
        return self.decided_by.startswith("machine")

    @property
    def candidates(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.predicted.get("candidates", [])
        return found


@dataclass(frozen=True)
class Replay:
    turns: list[TurnReplay]
    around: list[tuple[datetime, str, str]]
    ratings: dict[str, int]
    comment: str


def replay_of(events: list[dict[str, Any]]) -> Replay:
    """The turns in order, and the events that belong to the session as a whole."""
    turns: dict[int, TurnReplay] = {}
    around = []
    rated: dict[str, Any] = {}
    for event in events:
        at = datetime.fromisoformat(event["ts"])
        if event["type"] == "session.rated":
            rated = event["payload"]
        if event["turn"] is None:
            around.append((at, event["type"], event["actor"]))
        else:
            turn = turns.setdefault(event["turn"], TurnReplay(event["turn"]))
            _add(turn, event, at)
    return Replay(
        list(turns.values()), around, ratings=rated.get("ratings", {}), comment=rated.get("comment", "")
    )


def _add(turn: TurnReplay, event: dict[str, Any], at: datetime) -> None:
    payload, kind = event["payload"], event["type"]
    if kind == "message.posted" and event["persona"] == "teacher":
        turn.asked, turn.at = payload["text"], at
    elif kind == "message.posted":
        turn.replies.append((at, payload["text"], payload.get("kind", ""), event["actor"]))
    elif kind == "turn.predicted":
        turn.predicted = payload
    elif kind == "turn.routed":
        turn.route, turn.audited = payload.get("route", ""), bool(payload.get("audited"))
    else:
        if kind == "turn.decided":
            turn.decided, turn.decided_by = payload, event["actor"]
        turn.steps.append((at, kind, event["actor"]))
