"""One event as a line of JSON: the whole envelope of the log, nothing left out. No Django.

Keys stand in the order of ``ENVELOPE`` and those of a payload in alphabetical order, so that two exports of
the same session are the same bytes. Lines are ASCII with escapes: whatever a reader takes for a line break,
a line stays a line.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

VERSION = 1
ENVELOPE: dict[str, str] = {
    "v": "version of this format, now 1",
    "session": "UUID of the session",
    "scenario": "the scenario's slug and version, as in scale-factor@2",
    "seq": "whole number, gapless within the session from 1: the order of the log",
    "id": "UUID of the event, ordered by time",
    "type": "kind of event, in the past tense; its payload is described below",
    "actor": "who really acted: user:<key>, machine:<model version> or system",
    "persona": "who is displayed as speaking: teacher, student, or empty",
    "turn": "number of the turn within the session, or null",
    "cause": "UUID of the event that led to this one, or null",
    "client": "browser tab that sent it, or empty",
    "txn": "id that this tab gave the sending, unique within (session, client), or empty",
    "ts_client": "the browser's clock, ISO 8601 with offset, or null",
    "ts_server": "the server's clock at storing, ISO 8601 in UTC",
    "audience": "widest circle that may see it: everyone or team",
    "payload": "object whose fields depend on type",
}


@dataclass(frozen=True, kw_only=True)
class EventRecord:
    """An event of the log with its whole envelope; the fields are described in ``ENVELOPE``."""

    v: int = VERSION
    session: UUID
    scenario: str
    seq: int
    id: UUID
    type: str
    actor: str
    persona: str
    turn: int | None
    cause: UUID | None
    client: str
    txn: str
    ts_client: datetime | None
    ts_server: datetime
    audience: str
    payload: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, in the order of ``ENVELOPE``."""
        return {key: _plain(getattr(self, key)) for key in ENVELOPE}


def _plain(value: Any) -> Any:  # any value of an envelope field
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return _in_order(value)


def _in_order(value: Any) -> Any:  # any JSON value
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_in_order(item) for item in value]
    return value


def line_of(row: dict[str, Any]) -> str:
    """One row as a line of JSON with its line break."""
    return json.dumps(row, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"
