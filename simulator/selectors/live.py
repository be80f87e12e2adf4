"""What is asked of a room at every message, written once: see :mod:`simulator.selectors.prepared`."""

from datetime import datetime

from django.db.models import Q, QuerySet, Subquery

from simulator.models import Consent, ConsentText, Event, ScenarioVersion, Session, Turn, TurnStatus

from .prepared import Prepared

TAKE_AT_MOST = 64  # turns, by one engine at once
MAX_ATTEMPTS = 3  # of engines at one turn, before a person gets it


def _agreed(person: int, study: int) -> QuerySet[Consent]:
    newest = ConsentText.objects.filter(study_id=study).order_by("-version").values("pk")[:1]
    return Consent.objects.filter(person_id=person, text_id=Subquery(newest), withdrawn_at=None).only("pk")


def _locked(session: int) -> QuerySet[Session]:
    return Session.objects.select_for_update(of=("self",)).filter(pk=session)


def _sent(session: int, client: str, txn: str) -> QuerySet[Event]:
    return Event.objects.filter(session_id=session, client=client, txn=txn)


_session: Prepared[Session] = Prepared(_locked, session=int)
_scenario: Prepared[ScenarioVersion] = Prepared(
    lambda scenario: ScenarioVersion.objects.filter(pk=scenario), scenario=int
)
_consent: Prepared[Consent] = Prepared(_agreed, person=int, study=int)
_event: Prepared[Event] = Prepared(_sent, session=int, client=str, txn=str)
_events: Prepared[Event] = Prepared(
    lambda session, seq: Event.objects.filter(session_id=session, seq__gt=seq).order_by("seq"),
    session=int,
    seq=int,
)
_newest: Prepared[Turn] = Prepared(
    lambda session: Turn.objects.filter(session_id=session).order_by("-number").only("number", "status")[:1],
    session=int,
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
    (session.scenario,) = _scenario(scenario=session.scenario_id)
    return session


def has_standing_consent(*, person_id: int, study_id: int) -> bool:
    """Whether the person agrees to the study's newest text."""
    return bool(_consent(person=person_id, study=study_id))


def event_of(*, session_id: int, client: str, txn: str) -> Event | None:
    """What this transaction of a browser has written already."""
    return next(iter(_event(session=session_id, client=client, txn=txn)), None)


def events_after(*, session_id: int, seq: int) -> list[Event]:
    """The log after ``seq``, in order."""
    return _events(session=session_id, seq=seq)


def newest_turn(session_id: int) -> Turn | None:
    """The last turn, with nothing but its number and status."""
    return next(iter(_newest(session=session_id)), None)
