"""How well a doubt sorts wrong answers from right ones, and how much can be answered at a given error.

``doubt`` is any score that rises with uncertainty, ``wrong`` says which answers were wrong. Turns of equal
doubt cannot be told apart, so they count as if drawn in random order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]


def auroc(doubt: Scores, wrong: Flags) -> float:
    """The chance that a wrong answer is doubted more than a right one (Mann & Whitney 1947); ties count half.

    Without a wrong, or without a right answer, 0.5: there is nothing to tell apart.
    """
    bad = int(wrong.sum())
    good = len(wrong) - bad
    if not bad or not good:
        return 0.5
    ranks = rankdata(doubt)
    return float((ranks[wrong].sum() - bad * (bad + 1) / 2) / (bad * good))


def risk_curve(doubt: Scores, wrong: Flags) -> Scores:
    """Share of wrong answers among the 1, 2, ... n least doubted: (n,) (Geifman & El-Yaniv 2017)."""
    order = np.argsort(doubt, kind="stable")
    return np.cumsum(_levelled(doubt[order], wrong[order])) / np.arange(1, len(wrong) + 1)


def _levelled(ordered: Scores, wrong: Flags) -> Scores:
    """The wrong answers, spread evenly over the turns of equal doubt that they stand among."""
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    sizes = np.diff(np.r_[starts, len(ordered)])
    return np.repeat(np.add.reduceat(wrong.astype(np.float64), starts) / sizes, sizes)


def aurc(doubt: Scores, wrong: Flags) -> float:
    """Area under the risk-coverage curve: the mean of ``risk_curve``; smaller is better."""
    return float(risk_curve(doubt, wrong).mean())


def excess_aurc(doubt: Scores, wrong: Flags) -> float:
    """AURC above that of a doubt which knows the errors: 0 is perfect, whatever the error rate."""
    return aurc(doubt, wrong) - aurc(wrong.astype(np.float64), wrong)


def coverage_at(doubt: Scores, wrong: Flags, error: float) -> float:
    """The largest share that a threshold lets through with at most ``error`` of it wrong.

    The threshold is chosen with the errors known: what a score could reach, not what may be promised.
    Turns of equal doubt pass together or not at all.
    """
    order = np.argsort(doubt, kind="stable")
    ordered = doubt[order]
    risk = np.cumsum(wrong[order]) / np.arange(1, len(wrong) + 1)
    ends = np.r_[ordered[1:] != ordered[:-1], True]
    allowed = np.flatnonzero((risk <= error) & ends)
    return float((allowed[-1] + 1) / len(wrong)) if len(allowed) else 0.0


def error_at(doubt: Scores, wrong: Flags, coverage: float) -> float:
    """The error among the given share of least doubted turns."""
    count = max(1, round(coverage * len(wrong)))
    return float(risk_curve(doubt, wrong)[count - 1])
