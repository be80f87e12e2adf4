"""Is one arm quicker, or better, than another; by how much, and how sure is that?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats.proportion import confint_proportions_2indep

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference or a ratio with its 95 % interval and p-value."""

    value: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What is printed of an arm: n, mean and standard deviation."""

    n: int
    mean: float
    sd: float


def welch(one: Summary, other: Summary) -> Effect:
    """``other - one`` from summaries alone (Welch 1947); what a printed table allows."""
    variance = one.sd**2 / one.n + other.sd**2 / other.n
    degrees = variance**2 / (
        (one.sd**2 / one.n) ** 2 / (one.n - 1) + (other.sd**2 / other.n) ** 2 / (other.n - 1)
    )
    p = stats.ttest_ind_from_stats(
        other.mean, other.sd, other.n, one.mean, one.sd, one.n, equal_var=False
    ).pvalue
    margin = stats.t.ppf(0.975, degrees) * variance**0.5
    difference = other.mean - one.mean
    return Effect(difference, difference - margin, difference + margin, float(p))


def welch_of(frame: pd.DataFrame, base: str, arm: str, column: str = "seconds") -> Effect:
    """Welch's test on raw records."""
    return welch(*(_summary(frame.loc[frame["arm"] == name, column]) for name in (base, arm)))


def _summary(values: pd.Series[float]) -> Summary:
    return Summary(len(values), float(values.mean()), float(values.std(ddof=1)))


def time_ratio(frame: pd.DataFrame, base: str, arm: str, column: str = "seconds") -> Effect:
    """How many times as long a label takes in ``arm`` as in ``base``, on the log scale; below 1 is quicker.

    A mixed model: fixed effects of arm and annotator, a random intercept of the item. Where items do not
    differ at all its likelihood has no maximum inside; then item-clustered errors of the regression serve.
    """
    part = frame[frame["arm"].isin([base, arm]) & (frame[column] > 0)]
    outcome, design, items = np.log(part[column].to_numpy(dtype=float)), _design(part, arm), _items(part)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # at the boundary it warns in many ways, and then fails or not
            fitted = MixedLM(outcome, design, groups=items).fit(reml=True, method="lbfgs")
        centre, error = float(fitted.params[1]), float(fitted.bse[1])
    except np.linalg.LinAlgError:
        centre, error = _regression(outcome, design, items)
    if not np.isfinite(error):
        centre, error = _regression(outcome, design, items)
    effect = _normal(centre, error)
    ratio, low, high = (float(np.exp(value)) for value in (effect.value, effect.low, effect.high))
    return Effect(ratio, low, high, effect.p)


def rate_difference(frame: pd.DataFrame, base: str, arm: str, column: str = "right") -> Effect:
    """``arm - base`` of a 0/1 column, clustered by item (each item's labels are one draw).

    Cluster-robust standard errors of the linear probability model with annotators as fixed effects.
    """
    part = frame[frame["arm"].isin([base, arm])].dropna(subset=[column])
    return _normal(*_regression(part[column].to_numpy(dtype=float), _design(part, arm), _items(part)))


def _design(part: pd.DataFrame, arm: str) -> Values:
    """Columns: 1, whether in ``arm``, annotators but the first."""
    annotators = pd.get_dummies(part["annotator"], drop_first=True, dtype=float).to_numpy()
    return np.column_stack([np.ones(len(part)), (part["arm"] == arm).to_numpy(dtype=float), annotators])


def _items(part: pd.DataFrame) -> NDArray[np.object_]:
    items: NDArray[np.object_] = part["item"].to_numpy(dtype=object)
    return items


def _normal(centre: float, error: float) -> Effect:
    margin = float(stats.norm.ppf(0.975)) * error
    p = float(2 * stats.norm.sf(abs(centre) / error)) if error > 0 else 1.0
    return Effect(centre, centre - margin, centre + margin, p)


def _regression(outcome: Values, design: Values, clusters: NDArray[np.object_]) -> tuple[float, float]:
    """The arm's coefficient by least squares, and its cluster-robust standard error."""
    coefficients, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    errors = _clustered(design, outcome - design @ coefficients, clusters)
    return float(coefficients[1]), float(errors[1])


def _clustered(design: Values, residuals: Values, clusters: NDArray[np.object_]) -> Values:
    """Standard errors that allow for dependence within clusters (Liang & Zeger 1986)."""
    _, codes = np.unique(clusters, return_inverse=True)
    groups, (n, k) = int(codes.max()) + 1, design.shape
    scores = np.zeros((groups, k))
    np.add.at(scores, codes, design * residuals[:, None])
    bread = np.linalg.pinv(design.T @ design)
    correction = groups / max(1, groups - 1) * (n - 1) / max(1, n - k)
    variances: Values = np.diag(bread @ (scores.T @ scores) @ bread) * correction
    errors: Values = np.sqrt(variances.clip(min=0))
    return errors


def class_shift(frame: pd.DataFrame, base: str, arm: str) -> dict[str, Effect]:
    """Label -> by how much its share differs between the arms, with Newcombe's interval.

    A suggestion that pulls towards its favourite class shows here before it shows in accuracy.
    """
    counts = pd.crosstab(frame["label"], frame["arm"]).reindex(columns=[base, arm], fill_value=0)
    n_base, n_arm = (int(counts[name].sum()) for name in (base, arm))
    shifts = {}
    for label, row in counts.iterrows():
        there, here = int(row[arm]), int(row[base])
        low, high = confint_proportions_2indep(there, n_arm, here, n_base, method="newcomb")
        _, p = stats.fisher_exact([[there, n_arm - there], [here, n_base - here]])
        shifts[str(label)] = Effect(there / n_arm - here / n_base, float(low), float(high), float(p))
    return shifts
