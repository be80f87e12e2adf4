"""Consequence: how many replies would have been others, had an item the other label.

A label reaches a reply through the model. How far is told by the influence function of the model's last
layer (Koh & Liang 2017, eq. 2; Cook & Weisberg 1982): with features phi and the Hessian H of a
softmax regression, taking item i from label a to b moves the logits of a turn t by

    dz_t = phi_t' H^-1 phi_i (e_b - e_a),    H = c Phi' Phi + ridge I,

where c, the mean of p (1 - p) over what was trained on, stands for the curvature of every class. Only the
last layer learns in this approximation; the encoder below stays as it is.

What a reply is, the caller says: a function from the probabilities of a turn to a code. Two codes that
differ are two different replies.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
# (numbers of turns (T,), probabilities (..., T, C)) -> codes (..., T)
Outcome = Callable[[NDArray[np.int64], Floats], Codes]

RIDGE = 1.0  # the penalty of scikit-learn's logistic regression by default
CHUNK = 64  # items at a time: with 2,000 turns and four types 4 MB


@dataclass(frozen=True, slots=True)
class Consequence:
    """Per item, (n,): replies expected to change if the guess is wrong, and on a flip to the runner-up."""

    expected: Floats
    at_stake: Codes


def consequences(
    *,
    items: Floats,
    guesses: Floats,
    trained: Floats,
    turns: Floats,
    replies: Floats,
    outcome: Outcome,
    curvature: float | None = None,
) -> Consequence:
    """What depends on each item.

    Args:
        items, trained, turns: features of the items (n, D), of what the model learned from (m, D) and of
            stored turns (T, D).
        guesses, replies: the model's probabilities for items (n, C) and turns (T, C).
        outcome: what a turn's probabilities come to.
        curvature: c above; from ``guesses`` when left out.
    """
    n, classes = guesses.shape
    if not n or not len(turns):
        return Consequence(np.zeros(n), np.zeros(n, dtype=np.int64))
    c = float((guesses * (1 - guesses)).mean()) if curvature is None else curvature
    hessian = c * trained.T @ trained + RIDGE * np.eye(items.shape[1])
    reach = turns @ np.linalg.solve(hessian, items.T)  # (T, n)
    logits = np.log(np.clip(replies, 1e-9, None))
    numbers = np.arange(len(turns))
    before = outcome(numbers, _softmax(logits))
    first = guesses.argmax(axis=1)
    ranked = np.argsort(-guesses, axis=1)
    changes = np.zeros((n, classes))
    for start in range(0, n, CHUNK):
        rows = np.arange(start, min(start + CHUNK, n))
        for other in range(classes):
            moved = np.repeat(logits[None], len(rows), axis=0)  # (k, T, C)
            push = reach[:, rows].T
            moved[:, :, other] += push
            moved[np.arange(len(rows)), :, first[rows]] -= push
            changes[rows, other] = (outcome(numbers, _softmax(moved)) != before).sum(axis=1)
    changes[np.arange(n), first] = 0
    expected = (guesses * changes).sum(axis=1)
    return Consequence(expected, changes[np.arange(n), ranked[:, 1]].astype(np.int64))


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
