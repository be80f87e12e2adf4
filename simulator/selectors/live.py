"""What is asked of a room at every message, written once: see :mod:`simulator.selectors.prepared`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from simulator.models import Consent, ConsentText, Event, ScenarioVersion, Session, Turn, TurnStatus

from .prepared import Prepared

# Of a scenario, what is read at every message.
SCENARIO_FIELDS = ("id", "slug", "version", "title", "source", "checksum", "threshold")
TAKE_AT_MOST = 64  # turns, by one engine at once
MAX_ATTEMPTS = 3  # of engines at one turn, before a person gets it


@dataclass(frozen=True, slots=True)
class BeforeMessage:
    """What the log and the consents hold when a message comes: see :func:`before_message`."""

    sent: Any  # the key of the event that this transaction of the browser has written already, or None
    consent: bool  # whether the person agrees to the study's newest text
    newest_number: int  # of the last turn; 0 before the first
    newest_status: str | None


def _agreed(person: int, study: int) -> QuerySet[Consent]:
    newest = ConsentText.objects.filter(study_id=study).order_by("-version").values("pk")[:1]
    return Consent.objects.filter(person_id=person, text_id=Subquery(newest), withdrawn_at=None).only("pk")


def _locked(session: int) -> QuerySet[Session]:
    scenario = {f"its_{field}": F(f"scenario__{field}") for field in SCENARIO_FIELDS}
    return Session.objects.select_for_update(of=("self",)).filter(pk=session).annotate(**scenario)


def _known(session: int, study: int, person: int, client: str, txn: str) -> QuerySet[Session]:
    sent = Event.objects.filter(session_id=session, client=client, txn=txn).order_by()
    newest = Turn.objects.filter(session_id=session).order_by("-number")
    return (
        Session.objects.filter(pk=session)
        .only("pk")
        .annotate(
            sent=Subquery(sent.values("pk")[:1]),
            consent=Exists(_agreed(person, study)),
            newest_number=Coalesce(Subquery(newest.values("number")[:1]), 0),
            newest_status=Subquery(newest.values("status")[:1]),
        )
    )


_session: Prepared[Session] = Prepared(_locked, session=int)
_consent: Prepared[Consent] = Prepared(_agreed, person=int, study=int)
_message: Prepared[Session] = Prepared(_known, session=int, study=int, person=int, client=str, txn=str)
_events: Prepared[Event] = Prepared(
    lambda session, seq: Event.objects.filter(session_id=session, seq__gt=seq).order_by("seq"),
    session=int,
    seq=int,
)
_free: Prepared[Turn] = Prepared(
    lambda now, since: free_turns(now, since).order_by("opened_at").only("pk")[:TAKE_AT_MOST],
    now=datetime,
    since=datetime,
)


def free_turns(now: datetime, since: datetime) -> QuerySet[Turn]:
    """Turns opened after ``since`` that no engine holds, or one whose lease has run out."""
    waiting = Q(status=TurnStatus.OPEN) | Q(status=TurnStatus.PREDICTING, lease_until__lt=now)
    return Turn.objects.filter(waiting, attempts__lt=MAX_ATTEMPTS, opened_at__gt=since)


def oldest_free_turns(now: datetime, since: datetime) -> list[int]:
    """Keys of at most ``TAKE_AT_MOST`` of them."""
    return [turn.pk for turn in _free(now=now, since=since)]


def locked_session(session_id: int) -> Session:
    """The session's row with its scenario, locked until the transaction ends.

    Raises:
        Session.DoesNotExist: it is gone.
    """
    found = _session(session=session_id)
    if not found:
        raise Session.DoesNotExist
    (session,) = found
    values = [getattr(session, f"its_{field}") for field in SCENARIO_FIELDS]
    session.scenario = ScenarioVersion.from_db(connection.alias, SCENARIO_FIELDS, values)
    return session


def has_standing_consent(*, person_id: int, study_id: int) -> bool:
    """Whether the person agrees to the study's newest text."""
    return bool(_consent(person=person_id, study=study_id))


def events_after(*, session_id: int, seq: int) -> list[Event]:
    """The log after ``seq``, in order."""
    return _events(session=session_id, seq=seq)


def before_message(*, session: Session, person_id: int, client: str, txn: str) -> BeforeMessage:
    """What decides whether a message may be stored. The session is locked, so it stays true."""
    row: Any
    (row,) = _message(session=session.pk, study=session.study_id, person=person_id, client=client, txn=txn)
    return BeforeMessage(
        sent=row.sent,
        consent=bool(row.consent),
        newest_number=row.newest_number,
        newest_status=row.newest_status,
    )
