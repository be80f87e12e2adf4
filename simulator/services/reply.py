"""The student says a line: the one place that lets a reply appear."""

from django.utils import timezone

from simulator.models import Event, KnownExchange, Session, Turn, TurnStatus
from simulator.student.state import apply_effects

from .event import event_append


def say_locked(
    session: Session, turn: Turn, *, actor: str, text: str, kind: str, effects: list[dict[str, object]]
) -> Event:
    """Let the student say a line, and bring the student's state up to it. Needs the session's lock."""
    session.state = apply_effects(session.scenario.content, session.student_state, effects).to_json()
    session.save(update_fields=["state"])
    return event_append(
        session=session,
        type="message.posted",
        actor=actor,
        persona="student",
        turn=turn.number,
        cause=turn.asked_id,
        payload={"text": text, "kind": kind, "effects": effects},
    )


def turn_close(turn: Turn, reply: Event) -> None:
    """Note the reply that a turn got. The caller has locked its session."""
    turn.status = TurnStatus.REPLIED
    turn.reply = reply
    turn.replied_at = timezone.now()
    turn.holder = ""
    turn.lease_until = None
    turn.save()


def reply_release_locked(session: Session, turn: Turn) -> Event:
    """Say a decided turn's reply. The caller has locked the session and re-read the turn."""
    decision = turn.decision
    reply = say_locked(
        session,
        turn,
        actor=turn.answered_by,
        text=decision["text"],
        kind="reply",
        effects=decision["effects"],
    )
    turn_close(turn, reply)
    if turn.answered_by.startswith("user:"):
        KnownExchange.objects.create(
            turn=turn,
            scenario_slug=session.scenario.slug,
            teacher_text=turn.text,
            reply_text=decision["text"],
            effects=decision["effects"],
        )
    return reply
