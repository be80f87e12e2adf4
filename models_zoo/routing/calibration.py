"""Is a probability what it says? Errors of calibration, and the bins of a reliability diagram.

Of predicted probabilities, ``confidence`` is that of the answer given and ``right`` whether it was right.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: their number, mean confidence and share of right ones."""

    count: int
    confidence: float
    accuracy: float

    def to_json(self) -> dict[str, float]:
        return asdict(self)


def reliability(confidence: Values, right: Flags, *, adaptive: bool = False, bins: int = BINS) -> list[Bin]:
    """The non-empty bins: of equal width between 0 and 1, or, when ``adaptive``, of equal numbers."""
    if adaptive:
        parts = np.array_split(np.argsort(confidence, kind="stable"), bins)
    else:
        place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
        parts = [np.flatnonzero(place == index) for index in range(bins)]
    return [
        Bin(len(part), float(confidence[part].mean()), float(right[part].mean()))
        for part in parts
        if len(part)
    ]


def calibration_error(confidence: Values, right: Flags, *, adaptive: bool = False, bins: int = BINS) -> float:
    """Expected calibration error: mean gap between confidence and accuracy over the bins, by their numbers.

    Equal widths: Naeini et al. 2015. Adaptive, with equal numbers: Nguyen & O'Connor 2015.
    """
    found = reliability(confidence, right, adaptive=adaptive, bins=bins)
    total = sum(one.count for one in found)
    return sum(one.count * abs(one.confidence - one.accuracy) for one in found) / total


def brier(probabilities: Values, gold: NDArray[np.int64]) -> float:
    """Mean squared distance from the truth (Brier 1950): (n, C), (n,) -> between 0 and 2."""
    truth = np.eye(probabilities.shape[1])[gold]
    return float(((probabilities - truth) ** 2).sum(1).mean())
