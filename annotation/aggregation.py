"""Label model or majority vote: which one to keep, decided on gold labels. NumPy only."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ABSTAIN = -1
RESAMPLES = 1000
LEAST_GOLD = 30  # below that an interval is as wide as the question

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its 95 % percentile bootstrap interval (Efron 1979) over ``n`` questions."""

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def mean_estimate(values: Floats, *, seed: int = 0) -> Estimate:
    """The mean of ``values`` (n,), n >= 1."""
    generator = np.random.default_rng(seed)
    rows = generator.integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[rows].mean(axis=1), [2.5, 97.5])
    return Estimate(float(values.mean()), float(low), float(high), len(values))


@dataclass(frozen=True, slots=True)
class Choice:
    """Which aggregator is kept, and the figures behind it."""

    aggregator: str
    reason: str
    metrics: dict[str, Any]


def choose(label_model: Floats, majority: Floats, gold: NDArray[np.int64], *, seed: int = 0) -> Choice:
    """Keep the more accurate of two on the questions that have both a gold type and a vote.

    The same questions and the same resamples serve both, so the interval of the difference is a paired one.

    Args:
        label_model, majority: probabilities (n, types), rows of NaN where no function votes.
        gold: (n,), ABSTAIN where there is none.
    """
    judged = (gold != ABSTAIN) & ~np.isnan(majority[:, 0])
    n = int(judged.sum())
    if n < LEAST_GOLD:
        return Choice(
            "majority_vote",
            f"Only {n} of the questions with a vote have a gold label; it takes {LEAST_GOLD} to compare. "
            " Majority vote is kept: it cannot be worse than the functions are.",
            {"gold": n},
        )
    right_model = (label_model[judged].argmax(axis=1) == gold[judged]).astype(float)
    right_majority = (majority[judged].argmax(axis=1) == gold[judged]).astype(float)
    difference = mean_estimate(right_model - right_majority, seed=seed)
    metrics = {
        "gold": n,
        "label_model": {"accuracy": mean_estimate(right_model, seed=seed).to_json()},
        "majority_vote": {"accuracy": mean_estimate(right_majority, seed=seed).to_json()},
        "difference": difference.to_json(),
    }
    better = difference.value > 0
    return Choice("label_model" if better else "majority_vote", _reason(difference), metrics)


def _reason(difference: Estimate) -> str:
    points = f"{abs(difference.value) * 100:.1f} points"
    interval = f"95 % interval {difference.low * 100:+.1f} to {difference.high * 100:+.1f}"
    if difference.value == 0:
        return f"Both are equally accurate on gold ({interval}); the simpler one, majority vote, is kept."
    kept, other = ("The label model", "majority vote")
    if difference.value < 0:
        kept, other = ("Majority vote", "the label model")
    clear = difference.low > 0 or difference.high < 0
    ending = (
        "The interval excludes zero." if clear else "The interval includes zero, so they may well be equal."
    )
    return f"{kept} is {points} more accurate on gold than {other} ({interval}). {ending}"
