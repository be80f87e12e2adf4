"""What the other half of the loop reads: closed turns, and how often a person was needed."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.db.models.functions import TruncHour

from models_zoo.types import Distribution
from simulator import errors
from simulator.models import Event, Session, Turn, TurnStatus, User

from .feedback import spoken_lines
from .session import without_withdrawn
from .study import studies_for


@dataclass(frozen=True)
class ClosedTurn:
    """A teacher's line of an ended session, with what was said before it."""

    event_id: uuid.UUID
    session_id: str
    study_id: int
    study_title: str
    scenario: str
    number: int
    text: str
    context: tuple[tuple[str, str], ...]
    question_type: Distribution | None
    ended_at: datetime


@dataclass(frozen=True)
class RepairedTurn:
    """A teacher's line whose reading a supervisor put right; None where a layer was left as it stood."""

    event_id: uuid.UUID
    repair_event_id: uuid.UUID
    session_id: str
    text: str
    dialogue_act: str | None
    question_type: str | None


@dataclass(frozen=True)
class TakeoverPoint:
    """Turns of one hour under one model version, and how many of them a person or the fallback answered."""

    hour: datetime
    model_version: str
    turns: int
    takeovers: int


def closed_teacher_turns(*, after: datetime | None = None) -> Iterator[ClosedTurn]:
    """Teachers' lines of sessions that ended after a moment, oldest session first.

    What was recorded before a teacher withdrew is left out.
    """
    closed = Session.objects.exclude(ended_at=None).select_related("scenario", "study")
    ended = without_withdrawn(closed)
    if after is not None:
        ended = ended.filter(ended_at__gt=after)
    for session in ended.order_by("ended_at"):
        yield from _teacher_turns(session)


def closed_turn(turn: Turn) -> ClosedTurn:
    """One turn of an ended session, with what was said before it."""
    return next(one for one in _teacher_turns(turn.session) if one.number == turn.number)


def _teacher_turns(session: Session) -> Iterator[ClosedTurn]:
    assert session.ended_at is not None  # noqa: S101 (filtered by the caller)
    asked = list(session.turns.order_by("number").values_list("asked_id", "number"))
    numbers = dict(asked)
    context: list[tuple[str, str]] = []
    events = session.events.filter(type="message.posted").order_by("seq").values_list("pk", flat=True)
    for event_id, line in zip(events, spoken_lines(session), strict=True):
        if event_id in numbers:
            yield ClosedTurn(
                event_id=event_id,
                session_id=str(session.public_id),
                study_id=session.study_id,
                study_title=session.study.title,
                scenario=session.scenario.slug,
                number=numbers[event_id],
                text=line.text,
                context=tuple(context),
                question_type=line.question_type,
                ended_at=session.ended_at,
            )
        context.append((line.persona, line.text))


def repaired_turns() -> Iterator[RepairedTurn]:
    """Lines of ended sessions with the last word of supervisors on their act and question type, oldest first.

    What was recorded before a teacher withdrew is left out. A repair of the entities alone is no label: it
    names things of the scenario, not places in the text.
    """
    ended = without_withdrawn(Session.objects.exclude(ended_at=None))
    repairs = Event.objects.filter(session__in=ended, type="turn.repaired")
    latest: dict[tuple[int, int | None], Event] = {}
    said: dict[tuple[int, int | None], dict[str, str]] = {}
    for event in repairs.order_by("session__ended_at", "seq"):
        key = event.session_id, event.turn
        latest[key] = event
        said.setdefault(key, {}).update(event.payload["after"])
    sessions = Turn.objects.filter(session__in={session for session, _ in latest}).select_related("session")
    turns = {(turn.session_id, turn.number): turn for turn in sessions}
    for key, event in latest.items():
        act, question_type = said[key].get("dialogue_act"), said[key].get("question_type")
        if act or question_type:
            turn = turns[key[0], event.turn or 0]
            yield RepairedTurn(
                event_id=turn.asked_id,
                repair_event_id=event.pk,
                session_id=str(turn.session.public_id),
                text=turn.text,
                dialogue_act=act,
                question_type=question_type,
            )


def takeover_series(viewer: User) -> list[TakeoverPoint]:
    """How often a person was needed, hour by hour and version by version, in the viewer's studies."""
    if not viewer.is_researcher:
        raise errors.NotAllowed
    taken_over = ~Q(answered_by__startswith="machine:") & Q(audited=False)  # an audit was not needed
    rows = (
        Turn.objects.filter(session__study__in=studies_for(viewer), status=TurnStatus.REPLIED)
        .annotate(hour=TruncHour("opened_at"))
        .values("hour", "model_version")
        .annotate(turns=Count("pk"), takeovers=Count("pk", filter=taken_over))
        .order_by("hour", "model_version")
    )
    return [TakeoverPoint(**row) for row in rows]


def loop_counts(viewer: User) -> dict[str, int]:
    """The figures of the loop's first half: sessions, turns, who answered."""
    if not viewer.is_researcher:
        raise errors.NotAllowed
    sessions = Session.objects.filter(study__in=studies_for(viewer))
    turns = Turn.objects.filter(session__in=sessions, status=TurnStatus.REPLIED)
    return {
        "sessions": sessions.count(),
        "open_sessions": sessions.filter(ended_at=None).count(),
        "turns": turns.count(),
        "machine": turns.filter(answered_by__startswith="machine:").count(),
        "person": turns.filter(answered_by__startswith="user:").count(),
        "fallback": turns.filter(answered_by="system").count(),
    }
