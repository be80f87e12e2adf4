"""What the joint uncertainty is learned from, and which one is in force.

Sessions are split by their seed, once and for all: those of even seed teach the joint uncertainty, those of
odd seed judge it and carry the guarantee: a bound on the turns that a score was fitted on would not hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from models_zoo.routing.joint import PRIOR, JointModel
from simulator.models import JointFit, Session, Turn, TurnStatus

from .session import without_withdrawn

ROUTES = ("uncertain", "verify")
MOST = 4000  # newest verdicts; older ones are of students and versions that are gone


@dataclass(frozen=True)
class Example:
    """A turn that a person judged; ``weight`` is one over the chance that it came to a person."""

    prediction: dict[str, Any]
    text: str
    number: int
    wrong: bool
    weight: float
    session_id: int
    model_version: str


def teaching(turns: QuerySet[Turn]) -> QuerySet[Turn]:
    """The turns of sessions that the joint uncertainty is learned from."""
    return turns.annotate(half=F("session__seed") % 2).filter(half=0)


def judging(turns: QuerySet[Turn]) -> QuerySet[Turn]:
    """The turns of the other sessions."""
    return turns.annotate(half=F("session__seed") % 2).filter(half=1)


def joint_examples(*, learn: bool) -> list[Example]:
    """The newest verdicts, of the sessions that teach, or of those that judge; nobody's who withdrew."""
    judged = Turn.objects.filter(
        session__in=without_withdrawn(Session.objects.all()),
        status=TurnStatus.REPLIED,
        route__in=ROUTES,
        machine_wrong__isnull=False,
        audit_share__isnull=False,
        answered_by__startswith="user:",
    )
    half = teaching(judged) if learn else judging(judged)
    return list(_examples(half.order_by("-pk")[:MOST]))


def _examples(turns: Iterable[Turn]) -> Iterable[Example]:
    for turn in turns:
        share = (turn.audit_share or 1.0) if turn.audited else 1.0
        yield Example(
            prediction=turn.prediction,
            text=turn.text,
            number=turn.number,
            wrong=bool(turn.machine_wrong),
            weight=1.0 / share,
            session_id=turn.session_id,
            model_version=turn.model_version,
        )


def newest_fit(model_version: str) -> JointFit | None:
    return JointFit.objects.filter(model_version=model_version).first()


def joint_in_force(model_version: str) -> JointModel:
    """The joint uncertainty for this version's turns: what was last learned, else the prior."""
    fit = newest_fit(model_version)
    return fit.model if fit is not None else PRIOR
