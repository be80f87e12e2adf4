"""The life of a rehearsal."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from simulator import errors
from simulator.models import EndReason, Mode, ScenarioVersion, Session, Study, TurnStatus, User
from simulator.models.turn import UNANSWERED
from simulator.selectors.study import standing_consent
from simulator.student.state import StudentState

from .event import event_append, session_lock
from .joint import joint_refit_after_commit
from .routing import guarantee_renew_after_commit


@transaction.atomic
def session_start(
    *,
    teacher: User,
    study: Study,
    scenario: ScenarioVersion,
    mode: str = Mode.BACKUP,
    pacing_scale: float = 1.0,
) -> Session:
    """Begin a rehearsal.

    Raises:
        ConsentMissing: the teacher has not agreed to the newest version of the study's text.
    """
    consent = standing_consent(person=teacher, study_id=study.pk)
    if consent is None:
        raise errors.ConsentMissing
    content = scenario.content
    session = Session.objects.create(
        study=study,
        scenario=scenario,
        teacher=teacher,
        mode=mode,
        pacing_scale=pacing_scale,
        seed=secrets.randbelow(2**31),
        deadline_at=timezone.now() + timedelta(seconds=content.timing.time_limit_s),
        state=StudentState.initial(content).to_json(),
    )
    event_append(
        session=session,
        type="session.started",
        actor=teacher.actor,
        payload={
            "scenario": scenario.slug,
            "scenario_version": scenario.version,
            "mode": mode,
            "threshold": scenario.threshold,
            "consent_version": consent.text.version,
        },
    )
    return session


@transaction.atomic
def session_end(*, session: Session, reason: str, actor: str) -> Session:
    """End a rehearsal. A turn without a reply is abandoned. Ending twice changes nothing."""
    locked = session_lock(session.pk)
    if not locked.is_open:
        return locked
    for turn in locked.turns.filter(status__in=UNANSWERED):
        turn.status = TurnStatus.ABANDONED
        turn.epoch += 1
        turn.save(update_fields=["status", "epoch"])
        event_append(
            session=locked, type="turn.abandoned", actor=actor, turn=turn.number, cause=turn.asked_id
        )
    locked.ended_at = timezone.now()
    locked.end_reason = EndReason(reason)
    locked.seized_by = None
    locked.save(update_fields=["ended_at", "end_reason", "seized_by"])
    event_append(session=locked, type="session.ended", actor=actor, payload={"reason": locked.end_reason})
    guarantee_renew_after_commit(study_id=locked.study_id, slug=locked.scenario.slug)
    newest = (
        locked.turns.exclude(model_version="").order_by("-number").values_list("model_version", flat=True)
    )
    joint_refit_after_commit(model_version=newest.first() or "")
    return locked


@transaction.atomic
def session_rate(*, session: Session, teacher: User, ratings: dict[str, int], comment: str) -> None:
    """Store the teacher's ratings; rating again adds an event, and the newest counts.

    Raises:
        RatingInvalid: an unknown item, or a value outside 1..5.
    """
    known = {item.key for item in session.scenario.content.ratings}
    if not set(ratings) <= known or not all(value in range(1, 6) for value in ratings.values()):
        raise errors.RatingInvalid
    event_append(
        session=session_lock(session.pk),
        type="session.rated",
        actor=teacher.actor,
        payload={"ratings": ratings, "comment": comment[:2000]},
    )
