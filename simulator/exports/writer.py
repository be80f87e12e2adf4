"""Sessions out of the database, as lines: the whole log for researchers, the transcript for its teacher."""

from collections.abc import Iterable, Iterator

from simulator.models import Event, Session
from simulator.selectors import events_for

from .envelope import EventRecord, line_of

CHUNK = 500


def record_of(event: Event, session: Session) -> EventRecord:
    """The event with its whole envelope."""
    return EventRecord(
        v=event.v,
        session=session.public_id,
        scenario=f"{session.scenario.slug}@{session.scenario.version}",
        seq=event.seq,
        id=event.pk,
        type=event.type,
        actor=event.actor,
        persona=event.persona,
        turn=event.turn,
        cause=event.cause,
        client=event.client,
        txn=event.txn,
        ts_client=event.ts_client,
        ts_server=event.ts_server,
        audience=event.audience,
        payload=event.payload,
    )


def records_of(sessions: Iterable[Session]) -> Iterator[EventRecord]:
    """Every event of the sessions, session by session, in the order of the log.

    What is appended to a running session while it is read is left to the next export.
    """
    for session in sessions:
        events = session.events.filter(seq__lte=session.head).order_by("seq")
        for event in events.iterator(chunk_size=CHUNK):
            yield record_of(event, session)


def export_lines(sessions: Iterable[Session]) -> Iterator[str]:
    """JSON Lines of the sessions with everything in them. For researchers only."""
    for record in records_of(sessions):
        yield line_of(record.to_json())


def transcript_lines(session: Session) -> Iterator[str]:
    """JSON Lines of one session as its teacher saw it, and nothing else."""
    for event in events_for(session=session, viewer="teacher"):
        yield line_of({"session": str(session.public_id), **event})
