"""The joint uncertainty in force for each model version, read at most every few seconds."""

import time
from dataclasses import replace

from models_zoo.routing.joint import JointModel
from simulator.joint import risk_of, signals_of
from simulator.selectors.joint import joint_in_force
from simulator.services.joint import joint_refit_after_commit
from simulator.services.turn import Prediction

FRESH_S = 5.0


class JointInForce:
    def __init__(self) -> None:
        self._read: dict[str, tuple[float, JointModel]] = {}

    def of(self, model_version: str) -> JointModel:
        """The model for a turn that this version has read. The first time, a fit for it is asked for."""
        if model_version not in self._read:
            joint_refit_after_commit(model_version=model_version)
        read_at, found = self._read.get(model_version, (float("-inf"), None))
        if found is None or time.monotonic() - read_at > FRESH_S:
            found = joint_in_force(model_version)
            self._read[model_version] = (time.monotonic(), found)
        return found


def judged(prediction: Prediction, model: JointModel, *, text: str, number: int) -> Prediction:
    """The prediction, whose ``joint`` is still the prior, with the learned one and its parts."""
    stored = prediction.to_json()
    parts = model.parts(signals_of(stored, text=text, number=number))
    return replace(
        prediction,
        prior=prediction.joint,
        joint=round(risk_of(model, stored, text=text, number=number), 4),
        joint_parts={name: round(part, 4) for name, part in parts.items()},
    )
