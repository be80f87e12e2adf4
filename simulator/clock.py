"""What time brings about, for every turn and room alike. Ticks in every web process.

Each duty looks for what is due and moves it in a transaction of its own, by compare-and-swap, so any
number of clocks may tick. When the engine is dead the web process still keeps every promise made here.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

import structlog
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from simulator.models import EndReason, Session, Turn, TurnStatus
from simulator.models.turn import UNANSWERED, WAITING
from simulator.selectors import Prepared
from simulator.services.delivery import reply_release, turn_fall_back, turn_stall
from simulator.services.event import session_lock
from simulator.services.room import hand_back_locked
from simulator.services.session import session_end
from simulator.services.setback import TOLERANCE, session_set_back
from simulator.services.settling import settle_overdue
from simulator.services.supervision import turn_unclaim_locked
from simulator.services.turn import turn_hand_over

log = structlog.get_logger(__name__)
Subject = TypeVar("Subject", Turn, Session)

PREDICT_TIMEOUT = timedelta(seconds=10)
INACTIVE_AFTER = timedelta(minutes=30)
LAST_REPLY_GRACE = timedelta(seconds=60)
TURNS_EVERY_S, ROOMS_EVERY_S, SETTLE_EVERY_S, CHECKPOINT_EVERY_S = 0.1, 0.5, 30.0, 2.0


class Clock:
    """Looks after turns often, after rooms now and then, each in its own measure."""

    def __init__(self) -> None:
        self._duties = {
            tick_rooms: ROOMS_EVERY_S,
            tick_turns: TURNS_EVERY_S,
            settle_overdue: SETTLE_EVERY_S,
            checkpoint: CHECKPOINT_EVERY_S,
        }
        self._next = dict.fromkeys(self._duties, 0.0)

    def go_on(self) -> None:
        """Do what has not been done for as long as it may be left."""
        for duty, every_s in self._duties.items():
            if monotonic() >= self._next[duty]:
                self._next[duty] = monotonic() + every_s  # first, so that a duty which fails waits as well
                duty()


def tick() -> None:
    """Do everything that is due now."""
    tick_rooms()
    tick_turns()
    settle_overdue()


def tick_turns() -> None:
    """One query when nothing is due."""
    now = timezone.now()
    for turn in _find_due(now=now, unread_since=now - PREDICT_TIMEOUT):
        duty = _due(turn, now)
        if duty is not None:
            _carefully(duty, turn)


def tick_rooms() -> None:
    """Four queries when nothing is due."""
    now = timezone.now()
    for session in Session.objects.filter(ended_at=None, last_active_at__gt=now + TOLERANCE):
        _carefully(lambda one: session_set_back(session=one), session)
    for session in _overdue_sessions(now):
        _carefully(_end_overdue, session)
    for session in Session.objects.filter(seized_until__lt=now, ended_at=None, seized_by__isnull=False):
        _carefully(_lapse_seizure, session)


def checkpoint() -> None:
    """Bring SQLite's log into the database file here, before a commit that somebody waits for has to."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _due_turns(now: datetime, unread_since: datetime) -> QuerySet[Turn]:
    """Turns of which ``_due`` may find that they need something: what it asks for, asked of the database."""
    decided = Q(status__in=(TurnStatus.AUTO, TurnStatus.DECIDED), due_at__lte=now)
    silent = Q(fallback_at__lte=now) | Q(stall_at__lte=now, stalled=False)
    unread = Q(status__in=(TurnStatus.OPEN, TurnStatus.PREDICTING), opened_at__lte=unread_since)
    unheld = Q(status__in=WAITING, lease_until__lte=now)
    unanswered = Turn.objects.filter(status__in=UNANSWERED).defer("prediction", "decision")
    return unanswered.filter(decided | silent | unread | unheld)


_find_due: Prepared[Turn] = Prepared(_due_turns, now=datetime, unread_since=datetime)


def _due(turn: Turn, now: datetime) -> Callable[[Turn], object] | None:
    """The one thing that a turn needs now, most urgent first."""
    if turn.status in (TurnStatus.AUTO, TurnStatus.DECIDED) and turn.due_at <= now:
        return lambda one: reply_release(turn=one)
    if turn.fallback_at <= now:
        return lambda one: turn_fall_back(turn=one)
    if turn.stall_at <= now and not turn.stalled:
        return lambda one: turn_stall(turn=one)
    if turn.status in (TurnStatus.OPEN, TurnStatus.PREDICTING) and turn.opened_at + PREDICT_TIMEOUT <= now:
        return lambda one: turn_hand_over(turn=one, route="timeout", detail="no prediction in time")
    if turn.status in WAITING and turn.lease_until is not None and turn.lease_until <= now:
        return _lapse_claim
    return None


def _overdue_sessions(now: datetime) -> Iterable[Session]:
    """Open rooms whose time is up; one that waits for a reply gets a little longer to hear it."""
    over = Session.objects.filter(ended_at=None, deadline_at__lte=now)
    waiting = over.filter(deadline_at__gt=now - LAST_REPLY_GRACE, turns__status__in=UNANSWERED)
    yield from over.exclude(pk__in=waiting.values("pk"))
    yield from Session.objects.filter(
        ended_at=None, deadline_at__gt=now, last_active_at__lte=now - INACTIVE_AFTER
    )


@transaction.atomic
def _end_overdue(session: Session) -> None:
    """End a room by itself. Whoever still waits hears a reply first: where the clock was put forward, the
    grace was shorter than an answer takes.
    """
    locked = session_lock(session.pk)
    reason = _reason_to_end(locked, timezone.now())
    if reason is None:  # a message has come since the look, and is answered first
        return
    for turn in locked.turns.filter(status__in=UNANSWERED):
        turn_fall_back(turn=turn, early=True)
    session_end(session=locked, reason=reason, actor="system")


def _reason_to_end(session: Session, now: datetime) -> EndReason | None:
    """Why a locked room is over, if it is and nobody has time left to hear a reply."""
    if not session.is_open:
        return None
    if session.deadline_at > now:
        return EndReason.INACTIVE if session.last_active_at <= now - INACTIVE_AFTER else None
    in_grace = session.deadline_at > now - LAST_REPLY_GRACE
    waits = in_grace and session.turns.filter(status__in=UNANSWERED).exists()
    return None if waits else EndReason.TIME_UP


@transaction.atomic
def _lapse_claim(turn: Turn) -> None:
    session = session_lock(turn.session_id)
    current = session.turns.filter(pk=turn.pk, status__in=WAITING, epoch=turn.epoch).first()
    if current is not None and current.lease_until and current.lease_until <= timezone.now():
        turn_unclaim_locked(session, current, actor="system")


@transaction.atomic
def _lapse_seizure(session: Session) -> None:
    locked = session_lock(session.pk)
    if locked.seized_by_id and locked.seized_until and locked.seized_until <= timezone.now():
        hand_back_locked(locked, actor="system", why="lease_ended")


def _carefully(duty: Callable[[Subject], object], subject: Subject) -> None:
    """One row's trouble must not keep the others waiting."""
    try:
        duty(subject)
    except Exception:
        log.exception("clock_duty_failed", subject=repr(subject))
