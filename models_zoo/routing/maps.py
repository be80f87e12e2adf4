"""Maps from raw scores to calibrated probabilities, fitted on examples that the model did not train on.

    temperature     softmax(z / T)                       Guo et al. 2017
    vector          softmax(w * z + b)                   Guo et al. 2017
    dirichlet       softmax(W log p + b)                 Kull et al. 2019, off-diagonal and bias regularised
    platt           sigmoid(a s + b)                     Platt 1999
    isotonic        a rising step function               Zadrozny & Elkan 2002

The first three take logits of all classes, the last two one doubt and give the chance of being wrong.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

Values = NDArray[np.float64]
Labels = NDArray[np.int64]
Map = Callable[[Values], Values]

RIDGE = 1e-2  # on what leads away from plain temperature scaling, per example


def temperature(logits: Values, gold: Labels) -> Map:
    """One number for all classes; leaves the answer and the order of classes alone."""
    found = minimize(lambda t: _loss(logits / np.exp(t[0]), gold), x0=[0.0], bounds=[(-3.0, 3.0)])
    scale = float(np.exp(found.x[0]))
    return lambda z: np.asarray(softmax(z / scale, axis=-1))


def vector(logits: Values, gold: Labels) -> Map:
    """A factor and an offset for each class."""
    size = logits.shape[1]

    def loss(x: Values) -> float:
        weights, bias = x[:size], x[size:]
        penalty = RIDGE * (((weights - weights.mean()) ** 2).sum() + (bias**2).sum())
        return float(_loss(logits * weights + bias, gold) + penalty)

    found = minimize(loss, x0=np.r_[np.ones(size), np.zeros(size)])
    weights, bias = found.x[:size], found.x[size:]
    return lambda z: np.asarray(softmax(z * weights + bias, axis=-1))


def dirichlet(logits: Values, gold: Labels) -> Map:
    """A full matrix on the log probabilities, off-diagonal and intercept regularised."""
    size = logits.shape[1]
    inside, off = log_softmax(logits, axis=-1), ~np.eye(size, dtype=bool)

    def loss(x: Values) -> float:
        matrix, bias = x[: size * size].reshape(size, size), x[size * size :]
        penalty = RIDGE * ((matrix[off] ** 2).sum() + (bias**2).sum())
        return float(_loss(inside @ matrix.T + bias, gold) + penalty)

    found = minimize(loss, x0=np.r_[np.eye(size).ravel(), np.zeros(size)])
    matrix, bias = found.x[: size * size].reshape(size, size), found.x[size * size :]
    return lambda z: np.asarray(softmax(log_softmax(z, axis=-1) @ matrix.T + bias, axis=-1))


def platt(doubt: Values, wrong: NDArray[np.bool_]) -> Map:
    """A logistic curve over one doubt: (n,) -> (n,)."""
    fitted = LogisticRegression(C=1e6).fit(doubt[:, None], wrong)
    return lambda s: np.asarray(fitted.predict_proba(s[:, None])[:, 1])


def isotonic(doubt: Values, wrong: NDArray[np.bool_]) -> Map:
    """The best rising step function over one doubt: (n,) -> (n,)."""
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(doubt, wrong.astype(float))
    return lambda s: np.asarray(fitted.predict(s))


def _loss(logits: Values, gold: Labels) -> float:
    """Mean negative log likelihood in nats."""
    return float(-log_softmax(logits, axis=-1)[np.arange(len(gold)), gold].mean())
