"""A comparison that may be watched every day and stopped at any time without losing its error rate.

Asymptotic confidence sequences with Robbins' normal mixture (Waudby-Smith et al. 2021, "Time-uniform central
limit theory and asymptotic confidence sequences", theorem 2.2): with probability 1 - alpha the interval holds
the truth at all times at once, so looking often costs nothing but width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

ALPHA = 0.05
TIGHTEST_AT = 500  # labels at which the sequence is narrowest
FIRST_LOOK = 40  # before that the normal approximation is not to be trusted


@dataclass(frozen=True, slots=True)
class Look:
    """The comparison after ``n`` labels of both arms: the difference and its anytime-valid interval."""

    n: int
    value: float
    low: float
    high: float

    @property
    def decided(self) -> bool:
        """Whether the study may stop: zero lies outside, today and for good."""
        return self.low > 0 or self.high < 0


def looks(frame: pd.DataFrame, base: str, arm: str, outcome: str, *, alpha: float = ALPHA) -> list[Look]:
    """The interval after each label, in the order of the frame.

    Args:
        outcome: ``right``, or ``log_seconds`` for the logarithm of the time; then exp(value) is a ratio.
    """
    part = frame[frame["arm"].isin([base, arm])]
    values = (
        np.log(part["seconds"].to_numpy(dtype=float))
        if outcome == "log_seconds"
        else part[outcome].to_numpy(dtype=float)
    )
    known = ~np.isnan(values)
    treated = (part["arm"] == arm).to_numpy()[known]
    return confidence_sequence(values[known], treated, alpha=alpha)


def confidence_sequence(
    values: NDArray[np.float64], treated: NDArray[np.bool_], *, alpha: float = ALPHA
) -> list[Look]:
    """The difference of means, treated minus not, after each observation from the fortieth on.

    Shapes:
        values, treated (n,)
    """
    n = np.arange(1, len(values) + 1, dtype=float)
    means, variances, counts = zip(*(_running(values, mask) for mask in (treated, ~treated)), strict=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        # What one observation adds to the variance of the difference, times n.
        variance = n * (variances[0] / counts[0] + variances[1] / counts[1])
    difference = means[0] - means[1]
    rho2 = _rho2(alpha)
    margin = np.sqrt(variance * 2 * (n * rho2 + 1) / (n**2 * rho2) * np.log(np.sqrt(n * rho2 + 1) / alpha))
    usable = (n >= FIRST_LOOK) & (counts[0] > 1) & (counts[1] > 1)
    return [
        Look(
            int(n[i]),
            float(difference[i]),
            float(difference[i] - margin[i]),
            float(difference[i] + margin[i]),
        )
        for i in np.flatnonzero(usable)
    ]


def _running(
    values: NDArray[np.float64], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean, variance and count of the masked values up to each position."""
    count = np.cumsum(mask).astype(float)
    total = np.cumsum(np.where(mask, values, 0.0))
    squares = np.cumsum(np.where(mask, values**2, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / count
        variance = (squares / count - mean**2).clip(min=0) * count / (count - 1)
    return mean, variance, count


def _rho2(alpha: float) -> float:
    """The mixture's parameter that makes the sequence tightest at ``TIGHTEST_AT`` (ibid., eq. 24)."""
    return (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / TIGHTEST_AT
