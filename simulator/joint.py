"""The learned joint uncertainty of a turn, from its stored prediction. Pure functions.

The noisy-or over the stages (``simulator.engine.uncertainty``) is the prior. Verdicts teach by how much each
stage's doubt should count; what they have taught is a ``JointModel`` of coefficients.
"""

from collections.abc import Mapping
from math import log1p
from typing import Any

from models_zoo.routing.joint import JointModel

# What is read off each stage; a stage that does not have a measure, or a turn without the stage, gives None.
MEASURES = {
    "dialogue_act": ("uncertainty", "max_probability", "mutual_information", "variation_ratio"),
    "question_type": ("uncertainty", "max_probability", "mutual_information"),
    "entities": ("uncertainty", "max_probability", "mutual_information"),
    "familiarity": ("confidence",),
    "reply": ("confidence", "agreement", "nearest"),
    "scope": ("uncertainty",),
}
Prediction = Mapping[str, Any]


def prior_of(prediction: Prediction) -> float:
    """The noisy-or over the stages; turns from before there was anything else have it as ``joint``."""
    return float(prediction.get("prior", prediction["joint"]))


def signals_of(prediction: Prediction, *, text: str, number: int) -> dict[str, float | None]:
    """Everything that is known about a turn when it is routed, by name.

    Args:
        text: the teacher's message.
        number: of the turn in its session, from 1.
    """
    stages = {stage["name"]: stage for stage in prediction["stages"]}
    found: dict[str, float | None] = {
        f"{name}.{measure}": stages.get(name, {}).get(measure)
        for name, measures in MEASURES.items()
        for measure in measures
    }
    candidates = prediction["candidates"]
    source = candidates[0]["source"] if candidates else "generic"
    for kind in ("rule", "retrieval"):
        found[f"source.{kind}"] = float(source == kind)
    found["words"] = log1p(len(text.split()))
    found["position"] = log1p(number)
    return found


def risk_of(model: JointModel, prediction: Prediction, *, text: str, number: int) -> float:
    """The chance that the machine's reply would be wrong.

    Never below the doubt about the scope: verdicts hold too few lines of another world to teach that those
    are harmless.
    """
    found = signals_of(prediction, text=text, number=number)
    risk = model.risk(found, prior=prior_of(prediction))
    return max(risk, found["scope.uncertainty"] or 0.0)
