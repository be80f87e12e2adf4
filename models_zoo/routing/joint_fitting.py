"""Fitting the joint uncertainty to verdicts: logistic regression that is pulled towards the prior.

The most probable coefficients under independent normal priors around "the prior is right": prior weight 1,
intercept 0, every signal 0. With few verdicts the pull wins, with many the verdicts do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from models_zoo.routing.joint import PRIOR, JointModel, Term, logit

Values = NDArray[np.float64]
LEAST, LEAST_OF_A_KIND = 40, 8  # verdicts, and right as well as wrong ones; below, the prior stands
SPREAD = 0.5  # of a signal's coefficient, in log odds for one standard deviation
PRIOR_SPREAD = 1.0  # of the prior's weight and of the intercept


def fit_joint(
    signals: Sequence[Mapping[str, float | None]],
    wrong: Sequence[bool],
    priors: Sequence[float],
    *,
    weights: Sequence[float] | None = None,
    spread: float = SPREAD,
    origin: Mapping[str, Any] | None = None,
) -> JointModel:
    """The joint model of the verdicts, or ``PRIOR`` while there are too few of them.

    Args:
        signals: name -> value of every turn; None or absent where a turn does not have the signal.
        wrong: the verdicts.
        priors: the doubt of each turn that needs no fitting, between 0 and 1.
        weights: of the verdicts, e.g. one over the chance of being asked for; mean 1 is made of them.
    """
    bad = np.asarray(wrong, dtype=bool)
    if len(bad) < LEAST or min(bad.sum(), (~bad).sum()) < LEAST_OF_A_KIND:
        return PRIOR
    names = sorted({name for row in signals for name in row})
    known = np.array([[_number(row.get(name)) for name in names] for row in signals]).reshape(len(bad), -1)
    names, table, means, scales = _standardised(names, known)
    design = np.column_stack([[logit(prior) for prior in priors], np.ones(len(bad)), table])
    pull = 1 / np.r_[PRIOR_SPREAD, PRIOR_SPREAD, np.full(len(names), spread)] ** 2
    counts = np.ones(len(bad)) if weights is None else np.asarray(weights, dtype=np.float64)
    found = _most_probable(design, bad, counts / counts.mean(), pull)
    return JointModel(
        terms=tuple(
            Term(name, round(float(mean), 6), round(float(scale), 6), round(float(coefficient), 6))
            for name, mean, scale, coefficient in zip(names, means, scales, found[2:], strict=True)
        ),
        intercept=round(float(found[1]), 6),
        prior_weight=round(float(found[0]), 6),
        n=len(bad),
        wrong=int(bad.sum()),
        origin=dict(origin or {}),
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _standardised(names: list[str], table: Values) -> tuple[list[str], Values, Values, Values]:
    """The signals that vary, with mean 0 and spread 1; what a turn does not have lies at the mean."""
    known = ~np.isnan(table)
    counts = np.maximum(known.sum(0), 1)
    means = np.where(known, table, 0.0).sum(0) / counts
    centred = np.where(known, table - means, 0.0)
    scales = np.sqrt((centred**2).sum(0) / counts)
    vary = scales > 1e-9
    kept = [name for name, varies in zip(names, vary, strict=True) if varies]
    return kept, centred[:, vary] / scales[vary], means[vary], scales[vary]


def _most_probable(design: Values, wrong: NDArray[np.bool_], weights: Values, pull: Values) -> Values:
    """Minus log posterior is convex; Newton's method with its exact curvature ends in a few steps."""
    centre = np.zeros(design.shape[1])
    centre[0] = 1.0
    target = wrong.astype(np.float64)

    def loss(x: Values) -> float:
        z = design @ x
        return float(weights @ (np.logaddexp(0, z) - target * z) + pull @ (x - centre) ** 2 / 2)

    def slope(x: Values) -> Values:
        return np.asarray(design.T @ (weights * (expit(design @ x) - target)) + pull * (x - centre))

    def curvature(x: Values) -> Values:
        p = expit(design @ x)
        return np.asarray((design * (weights * p * (1 - p))[:, None]).T @ design + np.diag(pull))

    found = minimize(loss, x0=centre, jac=slope, hess=curvature, method="trust-exact")
    return np.asarray(found.x)
