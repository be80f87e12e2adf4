"""How well two sides are told apart, with percentile bootstrap intervals over clusters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from .judging import Judged

FALSE_ALARMS = 0.05
SHIPPED_LEVEL = 0.0  # a doubt above it counts against the machine
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """Scores of lines, and which of them belong together."""

    scores: Scores
    clusters: Sequence[Sequence[int]]

    @classmethod
    def of(cls, lines: Sequence[Judged]) -> Side:
        groups: dict[str, list[int]] = {}
        for index, line in enumerate(lines):
            groups.setdefault(line.cluster, []).append(index)
        return cls(np.array([line.scope.probability for line in lines]), list(groups.values()))

    def drawn(self, chooser: np.random.Generator) -> Scores:
        picked = chooser.integers(0, len(self.clusters), len(self.clusters))
        return self.scores[[index for cluster in picked for index in self.clusters[cluster]]]


def separation(strange: Side, own: Side, resamples: int) -> dict[str, object]:
    """AUROC, and the share of strangers found where one in twenty of the own lines raises an alarm."""

    def auroc(out: Scores, inside: Scores) -> float:
        truth = np.r_[np.ones(len(out)), np.zeros(len(inside))]
        return float(roc_auc_score(truth, np.r_[out, inside]))

    def detection(out: Scores, inside: Scores) -> float:
        return float((out > np.quantile(inside, 1 - FALSE_ALARMS)).mean())

    return {
        "n": len(strange.scores),
        "auroc": _interval(auroc, strange, own, resamples),
        "detected_at_5": _interval(detection, strange, own, resamples),
    }


def _interval(
    measure: Callable[[Scores, Scores], float], strange: Side, own: Side, resamples: int
) -> dict[str, float]:
    chooser = np.random.default_rng(0)
    drawn = [measure(strange.drawn(chooser), own.drawn(chooser)) for _ in range(resamples)]
    return _figure(measure(strange.scores, own.scores), drawn)


def share(lines: Sequence[Judged], level: float, resamples: int) -> dict[str, float]:
    """Share of lines whose doubt lies above ``level``."""
    side, chooser = Side.of(lines), np.random.default_rng(0)
    over = Side(np.array([float(line.scope.doubt > level) for line in lines]), side.clusters)
    return _figure(float(over.scores.mean()), [float(over.drawn(chooser).mean()) for _ in range(resamples)])


def _figure(value: float, drawn: Sequence[float]) -> dict[str, float]:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": round(value, 4), "low": round(float(low), 4), "high": round(float(high), 4)}
