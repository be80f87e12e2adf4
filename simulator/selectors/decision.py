"""Everything that is known about one decision of the machine, for the page that explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log1p
from typing import Any

from simulator import errors
from simulator.engine.uncertainty import WEIGHTS
from simulator.models import KnownExchange, Session, Turn, User

from .event import events_for, viewer_kind
from .session import said_in
from .study import studies_for

SAME_SCORE = 0.005  # a stored score that today's formula gives again, but for rounding


@dataclass(frozen=True)
class StagePart:
    """A stage with its doubts (entropies in nats) and its share of the joint score where that is known."""

    name: str
    label: str
    confidence: float | None
    uncertainty: float | None
    predictive_entropy: float | None
    expected_entropy: float | None
    mutual_information: float | None
    share: float | None


@dataclass(frozen=True)
class Near:
    """A line that is known already: a person's exchange, with its reply, or a line of the models' corpus."""

    text: str
    similarity: float | None
    reply: str = ""
    collection: str = ""


@dataclass(frozen=True)
class Decision:
    """One turn with what led to its reply. What an older log lacks is None or empty.

    ``blind``: the study audits blindly and the viewer may be the one who answers, so that every figure which
    tells a sure turn from an unsure one is left out (``simulator.blinding``).
    """

    session: Session
    turn: Turn
    prediction: Mapping[str, Any]
    stages: Sequence[StagePart]
    exchanges: Sequence[Near]
    lines: Sequence[Near]
    events: Sequence[Mapping[str, Any]]
    candidates: Sequence[Mapping[str, Any]] = ()
    repaired: Mapping[str, Any] = field(default_factory=dict)
    blind: bool = False


def decision_for(viewer: User, public_id: str, number: int) -> Decision:
    """One decision, for supervisors and researchers of the session's study.

    Raises:
        NotFound: there is no such turn, or not for this person.
        Erased: its words are gone.
    """
    if not viewer.may_supervise:
        raise errors.NotFound
    session = said_in(viewer, public_id)
    turn = session.turns.filter(number=number).first()
    if turn is None:
        raise errors.NotFound
    decision = _decision(viewer, session, turn)
    blind = turn.prediction.get("audit_share") and not viewer.is_researcher
    return _blinded(decision) if blind else decision


def _decision(viewer: User, session: Session, turn: Turn) -> Decision:
    understanding = turn.prediction.get("understanding", {})
    scope = understanding.get("scope") or {}
    events = events_for(session=session, viewer=viewer_kind(viewer))
    return Decision(
        session=session,
        turn=turn,
        prediction=turn.prediction,
        stages=_stages(turn),
        exchanges=_exchanges(viewer, understanding.get("exchanges", [])),
        lines=[
            Near(one["text"], one["similarity"], collection=one["collection"])
            for one in scope.get("nearest", [])
        ],
        events=[event for event in events if event["turn"] == turn.number],
        candidates=turn.candidates,
        repaired=turn.repair.get("layers", {}),
    )


def _blinded(decision: Decision) -> Decision:
    """Names and texts without a figure: an allow-list, as on the console."""
    kept = ("model_version", "passes")
    return replace(
        decision,
        blind=True,
        prediction={key: decision.prediction[key] for key in kept if key in decision.prediction},
        stages=[
            StagePart(stage.name, stage.label, None, None, None, None, None, None)
            for stage in decision.stages
        ],
        exchanges=[replace(near, similarity=None) for near in decision.exchanges],
        lines=[],
        candidates=[{"text": one["text"], "source": one["source"]} for one in decision.candidates],
    )


def _stages(turn: Turn) -> list[StagePart]:
    stored: list[dict[str, Any]] = turn.prediction.get("stages", [])
    shares = shares_of(stored, turn.prediction)
    keys = ("confidence", "uncertainty", "predictive_entropy", "expected_entropy", "mutual_information")
    return [
        StagePart(
            name=stage["name"],
            label=stage.get("label", ""),
            share=shares.get(stage["name"]),
            **{key: stage.get(key) for key in keys},
        )
        for stage in stored
    ]


def shares_of(stages: Sequence[Mapping[str, Any]], prediction: Mapping[str, Any]) -> dict[str, float]:
    """Stage -> its share of the stages' score. Empty when the stored one is not what the stages give today.

    In the noisy-or, the score before verdicts have taught anything, the doubts of the stages add up as
    -log(1 - w u), so a stage's share is its part of that sum.
    """
    candidates = prediction.get("candidates") or [{}]
    weights = WEIGHTS.get(candidates[0].get("source", "generic"), {})
    parts = {
        stage["name"]: -log1p(-min(weights.get(stage["name"], 0.0) * stage.get("uncertainty", 0.0), 1 - 1e-9))
        for stage in stages
    }
    left = 1.0
    for stage in stages:
        left *= 1 - weights.get(stage["name"], 0.0) * stage.get("uncertainty", 0.0)
    total = sum(parts.values())
    before = prediction.get("prior")
    stored = float(prediction.get("joint", 0.0) if before is None else before)
    if not total or abs((1 - left) - stored) > SAME_SCORE:
        return {}
    return {name: value / total for name, value in parts.items()}


def _exchanges(viewer: User, stored: Sequence[Mapping[str, Any]]) -> list[Near]:
    """The stored neighbours, as far as they come from studies of the viewer."""
    mine = KnownExchange.objects.filter(turn__session__study__in=studies_for(viewer))
    known = mine.in_bulk([one["exchange"] for one in stored])
    return [
        Near(known[one["exchange"]].teacher_text, one["similarity"], reply=known[one["exchange"]].reply_text)
        for one in stored
        if one["exchange"] in known
    ]
