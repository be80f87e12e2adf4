"""A teacher disputes the type of a question, and what comes of it."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from models_zoo.labels import QUESTION_TYPES
from simulator import errors
from simulator.models import Dispute, Role, Session, Turn, User
from simulator.selectors.analysis import closed_turn
from simulator.selectors.feedback import report_of
from simulator.signals import turn_disputed

from .event import event_append, session_lock

MOST_PER_HOUR = 12  # each is a person's work


@transaction.atomic
def dispute_raise(*, session: Session, teacher: User, number: int, claimed: str) -> Dispute:
    """Note that the teacher would call a question something else, and have it looked at again.

    The same claim again returns the first dispute.

    Raises:
        NotFound: not the teacher's session, or no such turn.
        Erased: its words are gone.
        DisputeInvalid: the rehearsal goes on, or the claim is no question type or what the report says.
        DisputeExists: the question was disputed before, with another claim.
        DisputesTooMany: more than a dozen within an hour.
    """
    if teacher.role != Role.TEACHER or session.teacher_id != teacher.pk:
        raise errors.NotFound
    locked = session_lock(session.pk)
    turn = locked.turns.filter(number=number).first()
    if turn is None:
        raise errors.NotFound
    if locked.erased_at is not None:
        raise errors.Erased
    if before := Dispute.objects.filter(turn=turn).first():
        if before.claimed == claimed:
            return before
        raise errors.DisputeExists
    told = _told(locked, number)
    if locked.is_open or claimed not in QUESTION_TYPES or claimed == told:
        raise errors.DisputeInvalid
    _refuse_haste(teacher)
    dispute = Dispute.objects.create(turn=turn, claimed=claimed, told=told)
    event_append(
        session=locked,
        type="feedback.disputed",
        actor=teacher.actor,
        turn=number,
        cause=turn.asked_id,
        payload={"claimed": claimed, "told": told},
    )
    turn_disputed.send(sender=Dispute, turn=closed_turn(turn))
    return dispute


def _told(session: Session, number: int) -> str:
    questions = report_of(session).feedback.questions
    return next((question.told for question in questions if question.number == number), "")


def _refuse_haste(teacher: User) -> None:
    recent = Dispute.objects.filter(
        turn__session__teacher=teacher, created_at__gt=timezone.now() - timedelta(hours=1)
    )
    if recent.count() >= MOST_PER_HOUR:
        raise errors.DisputesTooMany


@transaction.atomic
def dispute_settle(*, event_id: uuid.UUID, label: str) -> Dispute | None:
    """Reissue the report with what people say about a disputed question; None when nothing is disputed.

    The same outcome again changes nothing; another one (somebody corrected a label) makes another version.

    Args:
        label: the question type, or empty when the question was put aside.
    """
    turn = Turn.objects.filter(asked_id=event_id, dispute__isnull=False).first()
    if turn is None:
        return None
    locked = session_lock(turn.session_id)
    dispute: Dispute = Dispute.objects.get(turn=turn)
    if dispute.decided_at is not None and dispute.decided == label:
        return dispute
    dispute.decided, dispute.decided_at = label, timezone.now()
    dispute.save(update_fields=["decided", "decided_at"])
    event_append(
        session=locked,
        type="feedback.reissued",
        actor="system",
        turn=turn.number,
        cause=turn.asked_id,
        payload={
            "version": locked.events.filter(type="feedback.reissued").count() + 2,
            "question_type": label,
        },
    )
    return dispute
