"""What a supervisor does with a whole room: seize it, hand it back, choose its mode, stay present."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from simulator import errors
from simulator.models import Session, Turn, TurnStatus, User
from simulator.models.turn import WAITING

from .event import event_append, session_lock
from .supervision import turn_unclaim_locked
from .turn import turn_route_locked

SEIZURE = timedelta(seconds=60)


def _open_room(session: Session, user: User) -> Session:
    locked = session_lock(session.pk)
    if not locked.is_open:
        raise errors.SessionEnded
    if locked.holder not in (None, user):
        raise errors.RoomSeized
    return locked


@transaction.atomic
def session_seize(*, session: Session, user: User) -> None:
    """Take over a room: every turn waits for this supervisor, also one that the machine had settled.

    A reply that has already appeared stays; one that waits for its moment is taken back.

    Raises:
        SessionEnded, RoomSeized.
    """
    locked = _open_room(session, user)
    locked.seized_until = timezone.now() + SEIZURE
    if locked.seized_by_id != user.pk:
        locked.seized_by = user
        event_append(session=locked, type="session.seized", actor=user.actor)
    locked.save(update_fields=["seized_by", "seized_until"])
    takable = [TurnStatus.AUTO, *WAITING]
    for turn in locked.turns.filter(status__in=takable):
        turn.status = TurnStatus.BACKUP_WAIT
        turn.route = "seized"
        turn.epoch += 1
        turn.holder = user.actor
        turn.lease_until = locked.seized_until
        turn.answered_by = ""
        turn.decided_at = None
        turn.decision = {}
        turn.save()
        event_append(
            session=locked,
            type="turn.claimed",
            actor=user.actor,
            turn=turn.number,
            payload={"epoch": turn.epoch},
        )


@transaction.atomic
def session_hand_back(*, session: Session, user: User) -> None:
    """Give a seized room back; a turn that still waits is routed as if nobody had taken over."""
    locked = session_lock(session.pk)
    if locked.seized_by_id == user.pk:
        hand_back_locked(locked, actor=user.actor, why="handed_back")


def hand_back_locked(session: Session, *, actor: str, why: str) -> None:
    session.seized_by = None
    session.seized_until = None
    session.save(update_fields=["seized_by", "seized_until"])
    event_append(session=session, type="session.handed_back", actor=actor, payload={"why": why})
    for turn in session.turns.filter(status__in=WAITING):
        if turn.prediction:
            turn_route_locked(session, turn)
        else:
            turn_unclaim_locked(session, turn, actor=actor)


@transaction.atomic
def session_mode_set(*, session: Session, user: User, mode: str) -> None:
    """Choose Backup or Verify from the next turn on."""
    locked = _open_room(session, user)
    if locked.mode != mode:
        locked.mode = mode
        locked.save(update_fields=["mode"])
        event_append(session=locked, type="session.mode_changed", actor=user.actor, payload={"mode": mode})


def leases_renew(*, user: User) -> None:
    """A supervisor's browser is there: prolong what it holds."""
    now = timezone.now()
    mine = Turn.objects.filter(status__in=WAITING, holder=user.actor, lease_until__gt=now)
    for turn in mine.select_related("session__scenario"):
        lease = timedelta(seconds=turn.session.scenario.content.timing.lease_s)
        Turn.objects.filter(pk=turn.pk, epoch=turn.epoch).update(lease_until=now + lease)
    Session.objects.filter(Q(seized_until__gt=now), seized_by=user).update(seized_until=now + SEIZURE)
