"""What the teacher gets to see of a turn, and when: the reply, the stall line, the fallback."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from simulator.models import Turn, TurnStatus
from simulator.models.turn import UNANSWERED, WAITING

from .event import event_append, session_lock
from .reply import reply_release_locked, say_locked, turn_close
from .turn import turn_settle_by_machine_locked


@transaction.atomic
def reply_release(*, turn: Turn) -> bool:
    """Say the reply if its moment has come. False if somebody else did, or it is no longer decided."""
    session = session_lock(turn.session_id)
    current = Turn.objects.filter(pk=turn.pk, status__in=[TurnStatus.AUTO, TurnStatus.DECIDED]).first()
    if current is None or current.due_at > timezone.now():
        return False
    reply_release_locked(session, current)
    return True


@transaction.atomic
def turn_stall(*, turn: Turn) -> bool:
    """Let the student say that they are thinking, once; a turn that a person holds gets its one extension."""
    session = session_lock(turn.session_id)
    current = Turn.objects.filter(pk=turn.pk, status__in=UNANSWERED, stalled=False).first()
    if current is None:
        return False
    lines = session.scenario.content.stall_lines
    text = lines[(session.seed + current.number) % len(lines)]
    event_append(
        session=session, type="turn.stalled", actor="system", turn=current.number, cause=current.asked_id
    )
    say_locked(session, current, actor="system", text=text, kind="stall", effects=[])
    current.stalled = True
    if current.status in WAITING and current.supervisor:
        current.extended = True
        current.fallback_at += timedelta(seconds=session.scenario.content.timing.extension_s)
    current.save(update_fields=["stalled", "extended", "fallback_at"])
    return True


@transaction.atomic
def turn_fall_back(*, turn: Turn, early: bool = False) -> bool:
    """Nobody answered in time: say the scenario's safe fallback. A teacher is never left without a reply.

    ``early`` does not wait for its moment: the room is about to end by itself.
    """
    session = session_lock(turn.session_id)
    current = Turn.objects.filter(pk=turn.pk, status__in=UNANSWERED).first()
    if current is None or (current.fallback_at > timezone.now() and not early):
        return False
    if current.status in (TurnStatus.AUTO, TurnStatus.DECIDED):
        reply_release_locked(session, current)
        return True
    if current.audited:  # the machine was sure: its reply is better than any safe line
        turn_settle_by_machine_locked(session, current)
        reply_release_locked(session, current)
        return True
    lines = session.scenario.content.fallback_lines
    text = lines[(session.seed + current.number) % len(lines)]
    current.epoch += 1
    current.decided_at = timezone.now()
    current.answered_by = "system"
    current.decision = {"action": "fallback", "candidate": None, "text": text, "effects": []}
    event_append(
        session=session,
        type="turn.decided",
        actor="system",
        turn=current.number,
        cause=current.asked_id,
        payload={"action": "fallback", "text": text},
    )
    turn_close(current, say_locked(session, current, actor="system", text=text, kind="fallback", effects=[]))
    return True
