"""A wall clock that was set back: what was promised for a moment is promised for the same wait again."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from simulator.models import Session, Turn
from simulator.models.turn import UNANSWERED

from .event import session_lock

log = structlog.get_logger(__name__)

# Clocks of several machines differ by some milliseconds; a message this far in the future says that ours
# was set back.
TOLERANCE = timedelta(seconds=2)
TURN_MOMENTS = ("opened_at", "due_at", "stall_at", "fallback_at", "lease_until")
SESSION_MOMENTS = ("last_active_at", "deadline_at", "seized_until")


@transaction.atomic
def session_set_back(*, session: Session) -> bool:
    """Move the moments of a room and of its open turn back by as much as the clock was, at least.

    Without this a teacher would wait until the clock shows the old time again, which may take hours. A turn
    begins anew at the moment of this call. False if the room's newest message is not in the future.
    """
    locked = session_lock(session.pk)
    by = locked.last_active_at - timezone.now()
    if by <= TOLERANCE:
        return False
    log.warning("clock_set_back", session=str(locked.public_id), seconds=by.total_seconds())
    for turn in locked.turns.filter(status__in=UNANSWERED):
        _move(turn, TURN_MOMENTS, by)
    _move(locked, SESSION_MOMENTS, by)
    return True


def _move(row: Session | Turn, names: tuple[str, ...], by: timedelta) -> None:
    for name in names:
        moment: datetime | None = getattr(row, name)
        if moment is not None:
            setattr(row, name, moment - by)
    row.save(update_fields=names)
