"""The log, as a person may read it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from simulator.models import Event, Role, Session, User
from simulator.projection import LoggedEvent, Viewer, project

from .live import events_after
from .study import studies_of


@dataclass(frozen=True)
class Batch:
    """What a browser has not had yet: projected events, the seq up to which it holds, the next cursor."""

    events: list[dict[str, Any]]
    seq: int
    cursor: str | None
    reset: bool


def viewer_kind(user: User) -> Viewer:
    if user.role == Role.RESEARCHER:
        return "researcher"
    return "supervisor" if user.role == Role.SUPERVISOR else "teacher"


def foreign_events(person_id: int, events: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the events that belong to studies of others."""
    there = Event.objects.filter(pk__in=events).exclude(session__study__in=studies_of(person_id))
    return set(there.values_list("pk", flat=True))


def _logged(event: Event) -> LoggedEvent:
    return LoggedEvent(
        seq=event.seq,
        id=str(event.pk),
        type=event.type,
        actor=event.actor,
        persona=event.persona,
        turn=event.turn,
        cause=str(event.cause) if event.cause else None,
        client=event.client,
        txn=event.txn,
        ts_server=event.ts_server,
        payload=event.payload,
    )


def events_for(
    *, session: Session, viewer: Viewer, after_seq: int = 0, client: str = ""
) -> list[dict[str, Any]]:
    """The events after ``after_seq`` that this kind of viewer may see, projected, in order."""
    events = session.events.filter(seq__gt=after_seq).order_by("seq")
    projected = (project(_logged(event), viewer=viewer, client=client) for event in events)
    return [event for event in projected if event is not None]


def events_since(*, session: Session, viewer: Viewer, cursor: str | None, client: str = "") -> Batch:
    """What comes after an opaque cursor; everything, as a reset, when the cursor is absent or unknown."""
    seen = _seq_of(session, cursor)
    return batch_after(
        session=session, viewer=viewer, seq=seen or 0, cursor=cursor, client=client, reset=seen is None
    )


def batch_after(
    *, session: Session, viewer: Viewer, seq: int, cursor: str | None, client: str = "", reset: bool = False
) -> Batch:
    """The batch that follows ``seq``. Its coverage ends at the newest event read, visible or not."""
    events = events_after(session_id=session.pk, seq=seq)
    projected = [project(_logged(event), viewer=viewer, client=client) for event in events]
    visible = [event for event in projected if event is not None]
    return Batch(
        events=visible,
        seq=events[-1].seq if events else seq,
        cursor=visible[-1]["id"] if visible else cursor,
        reset=reset,
    )


def _seq_of(session: Session, cursor: str | None) -> int | None:
    if not cursor:
        return None
    try:
        return session.events.filter(pk=cursor).values_list("seq", flat=True).first()
    except ValidationError:
        return None
