"""Plays the demo's first rehearsals with the real engine, so that no page of a fresh demo is empty."""

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from simulator import clock
from simulator.demo import STUDY_SLUG
from simulator.demo_sessions import SESSIONS, DemoLine, DemoSession
from simulator.models import EndReason, Role, ScenarioVersion, Session, Study, TurnStatus, User

from .message import message_post
from .session import session_end, session_rate, session_start
from .supervision import Decision, turn_decide

if TYPE_CHECKING:  # it brings PyTorch, which a start that has nothing to play need not wait for
    from simulator.engine.loop import Engine


def demo_sessions_play() -> int:
    """Play the demo's rehearsals if nobody has rehearsed yet. Returns how many were played."""
    study = Study.objects.get(slug=STUDY_SLUG)
    if Session.objects.filter(study=study).exists():
        return 0
    from simulator.engine.loop import Engine

    engine = Engine()
    engine.model.start()
    for script in SESSIONS:
        _backdate(_play(study, script, engine), script)
    return len(SESSIONS)


def _play(study: Study, script: DemoSession, engine: "Engine") -> Session:
    teacher = User.objects.filter(studies=study, role=Role.TEACHER).order_by("pk")[1]
    supervisor = User.objects.filter(studies=study, role=Role.SUPERVISOR).order_by("pk")[0]
    scenario = ScenarioVersion.objects.get(slug=script.scenario, is_active=True)
    session = session_start(teacher=teacher, study=study, scenario=scenario, pacing_scale=0.0)
    for number, line in enumerate(script.lines, start=1):
        message_post(session=session, teacher=teacher, client="demo", txn=f"line-{number}", text=line.text)
        engine.step()
        clock.tick()
        _supervise(session, supervisor, number, line)
    ratings = {item.key: 4 for item in scenario.content.ratings}
    session_end(session=session, reason=EndReason.FINISHED, actor=teacher.actor)
    session_rate(session=session, teacher=teacher, ratings=ratings, comment="")
    return session


def _supervise(session: Session, supervisor: User, number: int, line: DemoLine) -> None:
    turn = session.turns.get(number=number)
    if turn.status != TurnStatus.BACKUP_WAIT:
        return
    decision = Decision("demo", f"reply-{number}", turn.epoch, "type", text=line.reply, elapsed_ms=6000)
    turn_decide(session=session, number=number, user=supervisor, decision=decision)


@transaction.atomic
def _backdate(session: Session, script: DemoSession) -> None:
    """Spread what was played in a moment over the minutes that it would have taken, some hours ago.

    The only place that touches stored events: nobody has seen them yet, and a demo whose wait times are
    all zero would show nothing.
    """
    pause = random.Random(session.scenario.slug)  # noqa: S311 (no secret)
    at = timezone.now() - timedelta(hours=script.hours_ago)
    started = at
    for event in session.events.order_by("seq"):
        if event.type == "message.posted":
            longest = 24.0 if event.persona == "teacher" else 8.0
            at += timedelta(seconds=pause.uniform(3.0, longest))
        session.events.filter(pk=event.pk).update(ts_server=at)
        session.turns.filter(asked=event).update(opened_at=at)
        session.turns.filter(reply=event).update(replied_at=at)
    Session.objects.filter(pk=session.pk).update(started_at=started, ended_at=at, last_active_at=at)
