"""Rooms, as the supervisors' console shows them (docs/protocol.md: Room and TurnDetail)."""

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet

from simulator.blinding import blinded
from simulator.models import Event, Session, Turn, User
from simulator.models.turn import UNANSWERED
from simulator.student.claims import contradictions

from .layers import layers_of
from .session import sessions_for


def _open_rooms(viewer: User) -> QuerySet[Session]:
    return sessions_for(viewer).filter(ended_at=None)


def rooms_for(viewer: User) -> list[dict[str, Any]]:
    """Every open room of the viewer's studies, oldest first. Three queries, however many rooms."""
    rooms = list(_open_rooms(viewer).order_by("started_at"))
    turns = {turn.session_id: turn for turn in Turn.objects.filter(session__in=rooms, status__in=UNANSWERED)}
    spoken = Event.objects.filter(session__in=rooms, type="message.posted").order_by("seq")
    last: dict[int, Event] = {}
    counts: Counter[int] = Counter()
    for event in spoken:
        last[event.session_id] = event
        counts[event.session_id] += 1
    names = _names(turns.values())
    return [
        _room(room, viewer, turns.get(room.pk), last.get(room.pk), counts[room.pk], names) for room in rooms
    ]


def room_for(viewer: User, session: Session) -> dict[str, Any]:
    """One room, open or just ended."""
    turn = session.turns.filter(status__in=UNANSWERED).first()
    spoken = session.events.filter(type="message.posted")
    last = spoken.order_by("-seq").first()
    return _room(session, viewer, turn, last, spoken.count(), _names([turn] if turn else []))


def _names(turns: Any) -> dict[str, str]:  # any iterable of turns
    keys = {turn.supervisor.removeprefix("user:") for turn in turns if turn.supervisor}
    return {user.actor: str(user) for user in User.objects.filter(Q(pk__in=keys))} if keys else {}


def _room(
    session: Session,
    viewer: User,
    turn: Turn | None,
    last: Event | None,
    messages: int,
    names: dict[str, str],
) -> dict[str, Any]:
    seized = session.holder
    return {
        "session": str(session.public_id),
        "scenario": session.scenario.title,
        "student": session.scenario.content.persona.name,
        "teacher": str(session.teacher),
        "mode": session.mode,
        "started_at": session.started_at.isoformat(),
        "deadline_at": session.deadline_at.isoformat(),
        "ended": session.end_reason or None,
        "seized_by": str(seized) if seized else None,
        "seized_by_you": bool(seized and seized.pk == viewer.pk),
        "last_line": {"persona": last.persona, "text": last.payload.get("text", "")} if last else None,
        "messages": messages,
        "turn": _turn(turn, viewer, names) if turn else None,
    }


def _turn(turn: Turn, viewer: User, names: dict[str, str]) -> dict[str, Any]:
    holder = turn.claimant
    return {
        "number": turn.number,
        "status": turn.status,
        "epoch": turn.epoch,
        "text": turn.text,
        "opened_at": turn.opened_at.isoformat(),
        "stall_at": turn.stall_at.isoformat(),
        "fallback_at": turn.fallback_at.isoformat(),
        "holder": names.get(holder, holder) or None,
        "mine": holder == viewer.actor,
    }


def room_detail(viewer: User, session: Session) -> dict[str, Any] | None:
    """What the machine found for the turn that is open now, or None."""
    turn = session.turns.filter(status__in=UNANSWERED).first()
    if turn is None:
        return None
    prediction = turn.prediction
    understanding = prediction.get("understanding", {})
    detail = _turn(turn, viewer, _names([turn])) | {
        "blind": False,
        "route": turn.route,
        "joint": turn.joint_uncertainty,
        "threshold": turn.threshold,
        "model_version": turn.model_version,
        "passes": prediction.get("passes"),
        "stages": prediction.get("stages", []),
        "entities": understanding.get("entities", []),
        "candidates": _candidates(session, turn),
        "layers": layers_of(session.scenario.content, session.student_state, turn),
    }
    return blinded(detail) if prediction.get("audit_share") else detail


def _candidates(session: Session, turn: Turn) -> list[dict[str, Any]]:
    refused = {
        event.payload["text"]: event.payload["reason"]
        for event in session.events.filter(type="turn.candidate_rejected", turn=turn.number).order_by("seq")
    }
    content, state = session.scenario.content, session.student_state
    return [
        {
            "text": candidate["text"],
            "source": candidate["source"],
            "score": candidate["score"],
            "warnings": contradictions(content, state, candidate["effects"]),
            "rejected": refused.get(candidate["text"]),
        }
        for candidate in turn.candidates
    ]
