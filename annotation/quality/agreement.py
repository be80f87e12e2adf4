"""Chance-corrected agreement with bootstrap intervals over items.

Kappas come from libraries (scikit-learn, statsmodels), alpha is computed here. For the intervals all measures
are computed on all resamples at once, from what each item adds to them; the tests hold them against the
libraries and against published examples.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .votes import Counts

RESAMPLES = 1000
LEAST_ITEMS = 5  # below that a bootstrap over items says nothing

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A measure with its 95 % percentile bootstrap interval over ``n`` items; nothing where undefined."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def to_json(self) -> dict[str, Any]:
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def krippendorff_alpha(counts: Counts, *, seed: int = 0) -> Agreement:
    """Nominal alpha (Krippendorff 2011, "Computing Krippendorff's alpha-reliability") over the items that at
    least two people labelled.

    Args:
        counts: how many people gave each class, (items, C); any number of people an item.
    """
    pairable = counts[counts.sum(axis=1) >= 2]
    if not len(pairable):
        return Agreement(None, None, None, 0)
    if (pairable.sum(axis=0) > 0).sum() < 2:
        return Agreement(None, None, None, len(pairable))  # everybody used one class: chance explains all
    parts = _alpha_parts(pairable)
    value = float(_alpha_of(parts.sum(axis=0, keepdims=True))[0])
    low, high = _interval(parts, _alpha_of, seed)
    return Agreement(value, low, high, len(pairable))


def fleiss_kappa(counts: Counts, *, seed: int = 0) -> Agreement:
    """Fleiss' kappa (1971) over the items that have as many labels as the most usual number above one."""
    people = counts.sum(axis=1)
    several = people[people >= 2]
    if not len(several):
        return Agreement(None, None, None, 0)
    numbers, times = np.unique(several, return_counts=True)
    equal = counts[people == numbers[times.argmax()]]
    if (equal.sum(axis=0) > 0).sum() < 2:
        return Agreement(None, None, None, len(equal))
    from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_kappa

    value = float(statsmodels_kappa(equal, method="fleiss"))
    low, high = _interval(_fleiss_parts(equal), _fleiss_of, seed)
    return Agreement(value, low, high, len(equal))


def cohen_kappa(first: Sequence[int], second: Sequence[int], classes: int, *, seed: int = 0) -> Agreement:
    """Cohen's kappa (1960) of two people over the items that both labelled.

    Args:
        first, second: the class numbers they gave, item by item.
    """
    n = len(first)
    if not n or len({*first, *second}) < 2:
        return Agreement(None, None, None, n)
    from sklearn.metrics import cohen_kappa_score

    cells = np.zeros((n, classes * classes))
    cells[np.arange(n), np.asarray(first) * classes + np.asarray(second)] = 1
    value = float(cohen_kappa_score(first, second, labels=list(range(classes))))
    low, high = _interval(cells, lambda sums: _cohen_of(sums, classes), seed)
    return Agreement(value, low, high, n)


def one_against_rest(counts: Counts, column: int) -> Counts:
    """Counts of two classes, the column's and any other: (items, 2)."""
    mine = counts[:, column]
    return np.stack([mine, counts.sum(axis=1) - mine], axis=1)


def _interval(
    parts: Floats, measure: Callable[[Floats], Floats], seed: int
) -> tuple[float | None, float | None]:
    """Percentiles of the measure over resampled items: ``parts`` (n, K) are what each item adds to sums."""
    n = len(parts)
    if n < LEAST_ITEMS:
        return None, None
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = measure(times.astype(np.float64) @ parts)
    values = values[np.isfinite(values)]
    if not len(values):
        return None, None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _alpha_parts(counts: Counts) -> Floats:
    """Per item: its coincidences (C*C), flattened: each ordered pair of labels, weighed by 1/(people - 1)."""
    people = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(counts.shape[1]) * counts[:, :, None]
    return np.asarray((pairs / (people - 1)[:, None, None]).reshape(len(counts), -1))


def _alpha_of(sums: Floats) -> Floats:
    """Alpha from summed coincidences (R, C*C)."""
    classes = int(sums.shape[1] ** 0.5)
    coincidences = sums.reshape(-1, classes, classes)
    total = coincidences.sum(axis=(1, 2))
    seen = total - np.trace(coincidences, axis1=1, axis2=2)
    marginal = coincidences.sum(axis=2)
    expected = (total**2 - (marginal**2).sum(axis=1)) / (total - 1)
    return np.asarray(1 - seen / expected)


def _fleiss_parts(counts: Counts) -> Floats:
    """Per item: its share of agreeing pairs, its counts (C), and one."""
    people = counts.sum(axis=1)
    agreeing = ((counts**2).sum(axis=1) - people) / (people * (people - 1))
    return np.column_stack([agreeing, counts, np.ones(len(counts))])


def _fleiss_of(sums: Floats) -> Floats:
    items = sums[:, -1]
    observed = sums[:, 0] / items
    marginal = sums[:, 1:-1] / sums[:, 1:-1].sum(axis=1, keepdims=True)
    expected = (marginal**2).sum(axis=1)
    return np.asarray((observed - expected) / (1 - expected))


def _cohen_of(sums: Floats, classes: int) -> Floats:
    matrices = sums.reshape(-1, classes, classes) / sums.sum(axis=1)[:, None, None]
    observed = np.trace(matrices, axis1=1, axis2=2)
    expected = (matrices.sum(axis=2) * matrices.sum(axis=1)).sum(axis=1)
    return np.asarray((observed - expected) / (1 - expected))
