"""Scores with intervals: seeds and groups of test rows (a dialogue's turns) are drawn anew together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from benchmarks.adapters_glue.tasks import Task

Floats = NDArray[np.float64]
DRAWS = 400


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the middle 95 % of its bootstrap draws."""

    mean: float
    low: float
    high: float


class Scorer:
    """Scores answers to one task; the same draws for every method, so that differences are paired."""

    def __init__(self, task: Task, seeds: int, *, draws: int = DRAWS) -> None:
        self._gold = np.array(task.targets(task.test))
        self._ranked = task.metric == "spearman"
        generator = np.random.default_rng(0)
        names = sorted({row.group for row in task.test})
        rows_of = {name: [at for at, row in enumerate(task.test) if row.group == name] for name in names}
        self._draws = [
            (generator.integers(0, seeds, seeds), _rows(generator.choice(names, len(names)), rows_of))
            for _ in range(draws)
        ]

    def draws(self, answers: Sequence[Sequence[float]]) -> Floats:
        """The score on the rows as they are, then on every draw: (1 + draws,).

        Args:
            answers: one list a seed.
        """
        given = np.array(answers)  # (seeds, rows)
        everything = (np.arange(len(given)), np.arange(len(self._gold)))
        return np.array([self._score(given, *chosen) for chosen in (everything, *self._draws)])

    def _score(self, given: Floats, seeds: NDArray[np.int64], rows: NDArray[np.int64]) -> float:
        gold = self._gold[rows]
        if not self._ranked:
            return float((given[:, rows] == gold).mean(1)[seeds].mean())
        wanted = rankdata(gold)
        each = [_correlation(rankdata(answers[rows]), wanted) for answers in given]
        return float(np.array(each)[seeds].mean())


def _rows(names: NDArray[np.str_], rows_of: dict[str, list[int]]) -> NDArray[np.int64]:
    return np.array([row for name in names for row in rows_of[str(name)]])


def _correlation(a: Floats, b: Floats) -> float:
    """Pearson's; 0 where either side is constant, as an untrained model's answers may be."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else 0.0


def interval(draws: Floats) -> Interval:
    low, high = np.percentile(draws[1:], [2.5, 97.5])
    return Interval(float(draws[0]), float(low), float(high))
