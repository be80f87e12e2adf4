"""What the machine's answers rested on, for asking which of them another label would have changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from models_zoo.types import Distribution
from simulator.models import Session, Turn, TurnStatus

from .session import without_withdrawn


@dataclass(frozen=True, slots=True)
class AnsweredTurn:
    """A stored turn with the part that its question type had in the route.

    The joint uncertainty is 1 - others * (1 - weight * u), u the normalised entropy of the question type;
    ``others`` is what the remaining stages leave of certainty.
    """

    text: str
    question_type: Distribution
    weight: float
    others: float
    threshold: float


def answered_turns(*, most: int) -> Iterator[AnsweredTurn]:
    """The newest turns that were routed by their uncertainty and answered, without those withdrawn.

    Where a supervisor checked everything, or had taken over, the type changed nothing and the turn is left
    out.
    """
    from simulator.engine.uncertainty import WEIGHTS  # loads the model libraries; only the worker asks

    sessions = without_withdrawn(Session.objects.all())
    turns = Turn.objects.filter(
        session__in=sessions, status=TurnStatus.REPLIED, route__in=("certain", "uncertain")
    ).exclude(joint_uncertainty=None)
    for turn in turns.order_by("-opened_at")[:most]:
        found = Distribution.from_json(turn.prediction["understanding"]["question_type"])
        candidates = turn.prediction.get("candidates") or []
        weight = WEIGHTS[candidates[0]["source"]]["question_type"] if candidates else 0.0
        left = 1.0 - weight * found.normalised_entropy
        joint, threshold = turn.joint_uncertainty, turn.threshold
        if joint is None or threshold is None or left <= 0:
            continue
        yield AnsweredTurn(turn.text, found, weight, (1.0 - joint) / left, threshold)
