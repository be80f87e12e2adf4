"""Past rehearsals by the hundred, written straight into the tables: for tests that need many verdicts."""

import random
from datetime import timedelta

from django.utils import timezone

from simulator.models import Event, ScenarioVersion, Session, Study, Turn, TurnStatus, User

TURNS = 12


def past_session(study: Study, scenario: ScenarioVersion, teacher: User, *, began_min_ago: float) -> Session:
    start = timezone.now() - timedelta(minutes=began_min_ago)
    end = start + timedelta(seconds=40 * TURNS)
    session = Session.objects.create(
        study=study, scenario=scenario, teacher=teacher, deadline_at=end, ended_at=end, end_reason="finished"
    )
    Session.objects.filter(pk=session.pk).update(started_at=start)
    session.refresh_from_db()
    return session


def past_turns(
    study: Study,
    scenario: ScenarioVersion,
    teacher: User,
    supervisor: User,
    *,
    sessions: int,
    verify: bool = False,
    threshold: float = 0.35,
    audit_share: float = 0.2,
    error: float = 0.3,
    seed: int = 0,
) -> None:
    """Rehearsals whose turns are wrong with the chance ``error`` times their score."""
    draw = random.Random(seed)
    for number in range(sessions):
        began = 30.0 + (sessions - number) * (3 if number % 2 else 20)
        session = past_session(study, scenario, teacher, began_min_ago=began)
        events = Event.objects.bulk_create(
            Event(session=session, seq=place, type="message.posted", actor="x", audience="everyone")
            for place in range(1, TURNS + 1)
        )
        Turn.objects.bulk_create(
            _turn(session, event, supervisor, draw, verify, threshold, audit_share, error) for event in events
        )


def _turn(
    session: Session,
    event: Event,
    supervisor: User,
    draw: random.Random,
    verify: bool,
    threshold: float,
    audit_share: float,
    error: float,
) -> Turn:
    score = round(draw.betavariate(1.2, 3.0), 4)
    sure = score < threshold
    audited = sure and not verify and draw.random() < audit_share
    asked = verify or audited or not sure
    opened = session.started_at + timedelta(seconds=40 * event.seq + draw.uniform(0, 20))
    return Turn(
        session=session,
        number=event.seq,
        status=TurnStatus.REPLIED,
        text="How long is it?",
        asked=event,
        opened_at=opened,
        due_at=opened,
        stall_at=opened,
        fallback_at=opened,
        decided_at=opened + timedelta(seconds=draw.uniform(8, 25)),
        joint_uncertainty=score,
        threshold=threshold,
        expected_wait_s=20.0 * draw.randrange(3),
        model_version="v1",
        prediction={"threshold_origin": "test"},
        route="verify" if verify else "uncertain" if asked else "certain",
        audited=audited,
        audit_share=1.0 if verify else audit_share,
        answered_by=supervisor.actor if asked else "machine:v1",
        machine_wrong=draw.random() < error * score if asked else None,
    )
