"""The study's table, row for row that of the thesis (table 2.1), with the columns that it lacks.

Datta 2023, table 2.1 gives for each arm, for both annotators and each: n, accuracy against gold, Cohen's
kappa, agreement with the model, mean and SD of the time. Means of such times are ruled by a few long pauses
(SD three times the mean), so medians, active times and intervals stand beside them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import trim_mean
from sklearn.metrics import cohen_kappa_score

Values = NDArray[np.float64]
Weights = NDArray[np.float64]

BOTH = "all"
RESAMPLES = 1000
TRIMMED = 0.1  # of each end


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % percentile interval, resampled over items; None where nothing can be compared."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; times in seconds."""

    arm: str
    annotator: str
    n: int
    accuracy: Estimate | None
    kappa: Estimate | None
    agreement: Estimate | None
    mean_s: float
    sd_s: float
    median_s: Estimate
    trimmed_mean_s: float
    median_active_s: Estimate


def table(frame: pd.DataFrame, *, seed: int = 0, resamples: int = RESAMPLES) -> list[Row]:
    """The rows of every arm: all annotators together, then each.

    Args:
        frame: of ``records.frame_of``.
    """
    rows = []
    for arm, of_arm in frame.groupby("arm", sort=True):
        rows.append(_row(str(arm), BOTH, of_arm, seed, resamples))
        for annotator, own in of_arm.groupby("annotator", sort=True):
            rows.append(_row(str(arm), str(annotator), own, seed, resamples))
    return rows


def _row(arm: str, annotator: str, part: pd.DataFrame, seed: int, resamples: int) -> Row:
    weights = item_weights(part, seed, resamples)
    seconds, active = (part[name].to_numpy(dtype=float) for name in ("seconds", "active_seconds"))
    return Row(
        arm=arm,
        annotator=annotator,
        n=len(part),
        accuracy=_share(part["right"], weights),
        kappa=_kappa(part, seed, resamples) if annotator == BOTH else None,
        agreement=_share(part["agrees"], weights),
        mean_s=float(seconds.mean()),
        sd_s=float(seconds.std(ddof=1)) if len(part) > 1 else 0.0,
        median_s=_median(seconds, weights),
        trimmed_mean_s=float(trim_mean(seconds, TRIMMED)),
        median_active_s=_median(active, weights),
    )


def item_weights(part: pd.DataFrame, seed: int, times: int) -> Weights:
    """How often each row is drawn when whole items are drawn with replacement: one item's labels go together.

    Shapes:
        returned (times, rows)
    """
    _, codes = np.unique(part["item"].to_numpy(dtype=str), return_inverse=True)
    return _draws(int(codes.max()) + 1, seed, times)[:, codes]


def _draws(items: int, seed: int, times: int) -> Weights:
    generator = np.random.default_rng(seed)
    return generator.multinomial(items, np.full(items, 1 / items), size=times).astype(float)


def _share(values: pd.Series[float], weights: Weights) -> Estimate | None:
    """The mean of a 0/1 column over the rows that have it."""
    known = values.notna().to_numpy()
    if not known.any():
        return None
    column = values[known].to_numpy(dtype=float)
    weights = weights[:, known]
    with np.errstate(invalid="ignore"):
        return _estimate(float(column.mean()), weights @ column / weights.sum(axis=1))


def _median(values: Values, weights: Weights) -> Estimate:
    """The median; in a draw, that of the values each repeated as often as it was drawn."""
    order = np.argsort(values, kind="stable")
    ranked, passed = values[order], np.cumsum(weights[:, order], axis=1)
    total = passed[:, -1]
    below, above = ((total - 1) // 2, total // 2)
    middle = [ranked[np.argmax(passed > place[:, None], axis=1)] for place in (below, above)]
    return _estimate(float(np.median(values)), (middle[0] + middle[1]) / 2)


def _estimate(value: float, drawn: Values) -> Estimate:
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (value, value)
    return Estimate(value, float(low), float(high))


def _kappa(part: pd.DataFrame, seed: int, times: int) -> Estimate | None:
    """``kappa`` with its interval: a draw repeats items, and an item drawn twice counts as two."""
    value = kappa(part)
    if np.isnan(value):
        return None
    wide = part.pivot_table(index="item", columns="annotator", values="label", aggfunc="first")
    names = {label: code for code, label in enumerate(sorted(part["label"].unique()))}
    codes = wide.apply(lambda column: column.map(names)).to_numpy(dtype=float)
    weights = _draws(len(wide), seed, times)
    found = [
        _weighted_kappa(codes[:, one], codes[:, other], len(names), weights)
        for one, other in combinations(range(codes.shape[1]), 2)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a draw in which no pair met has no kappa
        return _estimate(value, np.nanmean(found, axis=0))


def _weighted_kappa(one: Values, other: Values, labels: int, weights: Weights) -> Values:
    """Cohen's kappa of two columns of codes in every draw; nan where they share fewer than two items."""
    met = ~np.isnan(one) & ~np.isnan(other)
    cells = np.zeros((int(met.sum()), labels * labels))
    cells[np.arange(len(cells)), (one[met] * labels + other[met]).astype(int)] = 1
    table = (weights[:, met] @ cells).reshape(-1, labels, labels)
    total = table.sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        agreed = np.trace(table, axis1=1, axis2=2) / total
        chance = (table.sum(axis=2) * table.sum(axis=1)).sum(axis=1) / total**2
        return np.where((total > 1) & (chance < 1), (agreed - chance) / (1 - chance), np.nan)


def kappa(part: pd.DataFrame) -> float:
    """The mean of Cohen's kappa (1960) over pairs of annotators who labelled the same items; nan without any.

    A kappa that rises when the same suggestion is shown to both need not mean better labels.
    """
    wide = part.pivot_table(index="item", columns="annotator", values="label", aggfunc="first")
    found = []
    for one, other in combinations(wide.columns, 2):
        common = wide[[one, other]].dropna()
        if len(common) > 1 and common.to_numpy().astype(str).ravel().tolist():
            found.append(_cohen(common[one].to_list(), common[other].to_list()))
    known = [value for value in found if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _cohen(one: list[str], other: list[str]) -> float:
    if len({*one, *other}) < 2:  # everybody said the same: chance agreement is 1, and kappa is 0 / 0
        return float("nan")
    return float(cohen_kappa_score(one, other))
