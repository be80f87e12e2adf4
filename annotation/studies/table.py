"""The study's table, row for row that of the thesis (table 2.1), with the columns that it lacks.

Datta 2023, table 2.1 gives for each arm, for both annotators and each: n, accuracy against gold, Cohen's
kappa, agreement with the model, mean and SD of the time. Means of such times are ruled by a few long pauses
(SD three times the mean), so medians, active times and intervals stand beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import trim_mean
from sklearn.metrics import cohen_kappa_score

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
    draws = list(_resampled(part, seed, resamples))
    return Row(
        arm=arm,
        annotator=annotator,
        n=len(part),
        accuracy=_estimate(part, draws, lambda rows: rows["right"].mean()),
        kappa=_estimate(part, draws, kappa) if annotator == BOTH else None,
        agreement=_estimate(part, draws, lambda rows: rows["agrees"].mean()),
        mean_s=float(part["seconds"].mean()),
        sd_s=float(part["seconds"].std(ddof=1)) if len(part) > 1 else 0.0,
        median_s=_surely(_estimate(part, draws, lambda rows: rows["seconds"].median())),
        trimmed_mean_s=float(trim_mean(part["seconds"], TRIMMED)),
        median_active_s=_surely(_estimate(part, draws, lambda rows: rows["active_seconds"].median())),
    )


def _resampled(part: pd.DataFrame, seed: int, times: int) -> Iterator[pd.DataFrame]:
    """Whole items drawn with replacement: the labels of one item are not independent."""
    generator = np.random.default_rng(seed)
    rows_of_items = [np.asarray(rows) for rows in part.groupby("item", sort=True).indices.values()]
    for _ in range(times):
        drawn = generator.integers(0, len(rows_of_items), len(rows_of_items))
        again = [rows_of_items[index] for index in drawn]
        copies = np.repeat(np.arange(len(again)), [len(rows) for rows in again])
        # An item drawn twice is two items, or kappa would pair its labels with each other's.
        yield part.iloc[np.concatenate(again)].assign(item=copies)


def _estimate(
    part: pd.DataFrame, draws: list[pd.DataFrame], figure: Callable[[pd.DataFrame], float]
) -> Estimate | None:
    value = figure(part)
    if np.isnan(value):
        return None
    drawn = np.array([figure(draw) for draw in draws], dtype=float)
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (value, value)
    return Estimate(float(value), float(low), float(high))


def _surely(estimate: Estimate | None) -> Estimate:
    assert estimate is not None  # noqa: S101 (times are never missing)
    return estimate


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
