"""How many labels a study needs, before it starts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize

ALPHA, POWER = 0.05, 0.8


@dataclass(frozen=True, slots=True)
class Need:
    """Labels per arm, for the time on its own scale, on the log scale, and for the accuracy."""

    time: int
    log_time: int
    accuracy: int


def labels_needed(
    *,
    mean_s: tuple[float, float],
    sd_s: tuple[float, float],
    accuracy: tuple[float, float],
    alpha: float = ALPHA,
    power: float = POWER,
    labels_per_item: float = 1.0,
    item_correlation: float = 0.0,
) -> Need:
    """Labels per arm that show the expected differences with the wanted power.

    Args:
        mean_s, sd_s, accuracy: (without, with) the suggestion, as expected.
        labels_per_item, item_correlation: labels of one item are alike; the design effect
            1 + (m - 1) * rho multiplies what independent labels would need (Kish 1965).

    Raises:
        ValueError: two expectations are equal, so no number of labels would do.
    """
    deviation = math.sqrt((sd_s[0] ** 2 + sd_s[1] ** 2) / 2)
    logs = [log_normal(mean, sd) for mean, sd in zip(mean_s, sd_s, strict=True)]
    log_deviation = math.sqrt((logs[0][1] ** 2 + logs[1][1] ** 2) / 2)
    inflation = 1 + (labels_per_item - 1) * item_correlation
    t_test = TTestIndPower()

    def solve(test: TTestIndPower | NormalIndPower, effect: float) -> int:
        if effect == 0:
            raise ValueError("The two expectations are equal; no number of labels shows a difference.")
        return math.ceil(inflation * float(test.solve_power(abs(effect), alpha=alpha, power=power)))

    return Need(
        time=solve(t_test, (mean_s[0] - mean_s[1]) / deviation),
        log_time=solve(t_test, (logs[0][0] - logs[1][0]) / log_deviation),
        accuracy=solve(NormalIndPower(), proportion_effectsize(accuracy[1], accuracy[0])),
    )


def log_normal(mean: float, sd: float) -> tuple[float, float]:
    """Mean and SD of the logarithm of a log-normal variable with this mean and SD."""
    variance = math.log1p((sd / mean) ** 2)
    return math.log(mean) - variance / 2, math.sqrt(variance)
