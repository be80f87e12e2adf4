"""Appending to the log: the one place that assigns seq."""

import uuid
from datetime import datetime
from typing import Any

from simulator.broadcast import ring_after_commit
from simulator.models import Event, Session
from simulator.projection import KINDS
from simulator.selectors.live import locked_session

from .storing import row_insert, row_update


def session_lock(session_id: int) -> Session:
    """The session's row, locked until the transaction ends.

    On SQLite the transaction has taken the database's write lock already (IMMEDIATE); elsewhere the row
    lock orders the writers of one session.
    """
    return locked_session(session_id)


def event_append(
    *,
    session: Session,
    type: str,  # noqa: A002 (the envelope's own word)
    actor: str,
    payload: dict[str, Any] | None = None,
    persona: str = "",
    turn: int | None = None,
    cause: uuid.UUID | None = None,
    client: str = "",
    txn: str = "",
    ts_client: datetime | None = None,
) -> Event:
    """Append one event to a session that this transaction has locked, and ring the bell after commit.

    Into the log of an erased session nothing is written any more but that it happened.
    """
    kind = KINDS[type]
    session.head += 1
    event = Event(
        session=session,
        seq=session.head,
        type=type,
        actor=actor,
        persona=persona,
        turn=turn,
        cause=cause,
        client=client,
        txn=txn,
        ts_client=ts_client,
        audience=kind.audience,
        payload=payload if payload and session.erased_at is None else {},
    )
    row_insert(event)
    row_update(session, "head", "last_active_at")
    ring_after_commit(session)
    return event
