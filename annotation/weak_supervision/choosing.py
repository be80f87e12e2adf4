"""Which way of combining votes to keep, decided on gold labels. NumPy only."""

from collections.abc import Mapping
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


NAMES = {"majority_vote": "majority vote", "label_model": "the label model", "dawid_skene": "Dawid-Skene"}


def choose(
    candidates: Mapping[str, Floats], gold: NDArray[np.int64], *, wanted: str = "", seed: int = 0
) -> Choice:
    """Keep the most accurate one on the questions that have both a gold type and a vote.

    The same questions and the same resamples serve all, so the interval of a difference is a paired one.

    Args:
        candidates: name -> probabilities (n, types), rows of NaN where no function votes; the simplest first,
            which is kept where several are equally accurate.
        gold: (n,), ABSTAIN where there is none.
        wanted: the one that a person chose, kept whatever gold says; the reason says what it does say.
    """
    simplest = next(iter(candidates))
    judged = (gold != ABSTAIN) & ~np.isnan(candidates[simplest][:, 0])
    right = {
        name: (found[judged].argmax(axis=1) == gold[judged]).astype(float)
        for name, found in candidates.items()
    }
    if judged.sum() < LEAST_GOLD:
        return Choice(wanted or simplest, _too_little(int(judged.sum()), wanted), {"gold": int(judged.sum())})
    best = max(right, key=lambda name: float(right[name].mean()))  # the first of equals
    kept = wanted or best
    others = [name for name in right if name != kept]
    rival = max(others, key=lambda name: float(right[name].mean()))
    difference = mean_estimate(right[kept] - right[rival], seed=seed)
    metrics: dict[str, Any] = {
        name: {"accuracy": mean_estimate(values, seed=seed).to_json()} for name, values in right.items()
    }
    metrics |= {"gold": int(judged.sum()), "rival": rival, "difference": difference.to_json()}
    return Choice(kept, _reason(kept, rival, difference, by_hand=bool(wanted)), metrics)


def _too_little(gold: int, wanted: str) -> str:
    scarce = f"Only {gold} of the questions with a vote have a gold label; it takes {LEAST_GOLD} to compare."
    if wanted:
        return f"{scarce} A researcher chose {NAMES.get(wanted, wanted)}."
    return f"{scarce} Majority vote is kept: it cannot be worse than the functions are."


def _reason(kept: str, rival: str, difference: Estimate, *, by_hand: bool) -> str:
    name, other = NAMES.get(kept, kept), NAMES.get(rival, rival)
    points = f"{abs(difference.value) * 100:.1f} points"
    interval = f"95 % interval {difference.low * 100:+.1f} to {difference.high * 100:+.1f}"
    began = f"A researcher chose {name}. It" if by_hand else f"{name[0].upper()}{name[1:]}"
    if difference.value == 0:
        found = f"{began} is as accurate on gold as {other}, the next best ({interval})"
        return f"{found}." if by_hand else f"{found}; of equals the simpler one is kept."
    better = "more" if difference.value > 0 else "less"
    clear = difference.low > 0 or difference.high < 0
    ending = "excludes zero." if clear else "includes zero, so they may well be equal."
    return f"{began} is {points} {better} accurate on gold than {other} ({interval}). The interval {ending}"
