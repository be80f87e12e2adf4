"""The detector as the engine holds it: made anew when another encoder serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models_zoo.types import Understanding
from simulator.student.schema import Scenario

from .detector import Detector, Scope
from .references import embedded

if TYPE_CHECKING:
    from models_zoo.serving.predictor import Predictor


class ScopeGuard:
    """Keeps the known lines on the encoder of the predictor that serves."""

    def __init__(self) -> None:
        self._predictor: Predictor | None = None
        self._detector: Detector | None = None

    def follow(self, predictor: Predictor) -> None:
        """Take over another predictor's encoder; nothing to do while it is the same one."""
        if predictor is not self._predictor:
            self._detector = Detector(embedded(predictor), predictor.embed)
            self._predictor = predictor

    def judge(self, scenario: Scenario, understanding: Understanding) -> Scope:
        """Whether the line belongs to the scenario. ``follow`` comes first."""
        if self._detector is None:
            raise RuntimeError("The guard has no encoder yet; call follow(predictor) first.")
        embedding = np.asarray(understanding.embedding, dtype=np.float32)
        return self._detector.judge(scenario, understanding.text, embedding)
