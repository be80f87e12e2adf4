"""A share estimated from verdicts that came with unequal chances, with an interval.

The value is Hajek's ratio sum(wrong / pi) / sum(1 / pi). The interval is that of Korn & Graubard (1998): the
exact one of Clopper & Pearson at the effective sample size (sum w)^2 / sum w^2. With equal chances it is the
exact interval itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Estimate:
    """A share between 0 and 1 with its interval; ``n`` verdicts, worth ``effective_n`` of equal chance.

    ``total`` is the Horvitz-Thompson estimate of how many turns it stands for: unbiased whatever the chances.
    """

    value: float | None
    low: float
    high: float
    n: int
    effective_n: float
    total: float


def weighted_share(wrong: ArrayLike, propensities: ArrayLike, *, confidence: float = 0.90) -> Estimate:
    """The share of wrong turns in the population that the verdicts were drawn from.

    Args:
        wrong: verdicts, shape ``(n,)``.
        propensities: chance of each to be given, above 0, shape ``(n,)``.
        confidence: of the two-sided interval.

    Raises:
        ValueError: a propensity is not above 0.
    """
    from scipy.special import betaincinv  # late: a web process that shows no estimate need not hold SciPy

    bad, chance = np.asarray(wrong, dtype=np.float64), np.asarray(propensities, dtype=np.float64)
    if not len(bad):
        return Estimate(None, 0.0, 1.0, 0, 0.0, 0.0)
    if (chance <= 0).any():
        raise ValueError("a turn that could not have had a verdict has none")
    weight = 1.0 / chance
    share = float((weight * bad).sum() / weight.sum())
    size = min(float(weight.sum() ** 2 / (weight**2).sum()), float(len(bad)))
    tail, hits = (1.0 - confidence) / 2, share * size
    low = float(betaincinv(hits, size - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, size - hits, 1.0 - tail)) if hits < size else 1.0
    return Estimate(share, low, high, len(bad), size, float((weight * bad).sum()))
