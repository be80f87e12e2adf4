"""Reading the product's own JSON Lines: every line is checked, and refused with its number and a reason."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from simulator.projection import KINDS

from .envelope import VERSION, EventRecord

Text = Annotated[str, Field(strict=True, max_length=80)]
Number = Annotated[int, Field(strict=True, ge=1)]


class ExportInvalid(Exception):
    """The file is not what it should be; ``line`` counts from 1."""

    code = "export_invalid"

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class SessionRecord:
    """A session as it was exported: its events in the order of the log."""

    session: UUID
    scenario: str
    events: tuple[EventRecord, ...]

    def of_type(self, *types: str) -> list[EventRecord]:
        return [event for event in self.events if event.type in types]


class _Line(BaseModel):
    """What a line must look like. Unknown keys are refused, since they would be lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1]
    session: UUID
    scenario: Annotated[str, Field(strict=True, max_length=120)]
    seq: Number
    id: UUID
    type: Text
    actor: Text
    persona: Text
    turn: Number | None
    cause: UUID | None
    client: Text
    txn: Text
    ts_client: AwareDatetime | None
    ts_server: AwareDatetime
    audience: Literal["everyone", "team"]
    payload: dict[str, Any]


def read_sessions(path: Path) -> Iterator[SessionRecord]:
    """The sessions of an exported file, one after the other.

    Raises:
        ExportInvalid: naming the first line that is wrong.
    """
    with path.open(encoding="utf-8") as file:
        yield from sessions_in(_decoded(file))


def _decoded(file: Iterable[str]) -> Iterator[str]:
    lines = iter(file)
    number = 0
    while True:
        number += 1
        try:
            yield next(lines)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            raise ExportInvalid(number, "this is not UTF-8 text. Export the session again.") from error


def sessions_in(lines: Iterable[str]) -> Iterator[SessionRecord]:
    """The sessions in the lines of an export. A session's lines stand together, in the order of seq.

    Raises:
        ExportInvalid: naming the first line that is wrong.
    """
    open_events: list[EventRecord] = []
    done: set[UUID] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        event = event_in(line, number)
        if open_events and event.session != open_events[0].session:
            done.add(open_events[0].session)
            yield _session(open_events)
            open_events = []
        if event.session in done:
            raise ExportInvalid(number, f"session {event.session} appears a second time. Keep one copy.")
        _check_order(open_events, event, number)
        open_events.append(event)
    if open_events:
        yield _session(open_events)


def _check_order(before: list[EventRecord], event: EventRecord, number: int) -> None:
    expected = before[-1].seq + 1 if before else 1
    if event.seq != expected:
        raise ExportInvalid(
            number, f"seq is {event.seq} where {expected} should follow: a line was lost, doubled or moved."
        )
    if before and event.scenario != before[0].scenario:
        raise ExportInvalid(number, "the scenario differs from the session's first line.")


def _session(events: list[EventRecord]) -> SessionRecord:
    return SessionRecord(events[0].session, events[0].scenario, tuple(events))


def event_in(line: str, number: int) -> EventRecord:
    """The event of one line.

    Raises:
        ExportInvalid: no JSON object, a field that is missing, unknown or wrong, an unknown kind of event.
    """
    row = _object(line, number)
    if row.get("v") not in (None, VERSION):
        raise ExportInvalid(number, f"v is {row['v']!r}; this program reads version {VERSION}.")
    try:
        checked = _Line.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ExportInvalid(number, f"{where}: {first['msg']}.") from error
    if checked.type not in KINDS:
        raise ExportInvalid(number, f"type: {checked.type!r} is no kind of event. See docs/events.md.")
    return EventRecord(**dict(checked))


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ExportInvalid(number, f"this is not JSON ({error}).") from error
    if not isinstance(row, dict):
        raise ExportInvalid(number, "a line must be a JSON object.")
    return row


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")
