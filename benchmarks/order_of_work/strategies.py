"""What each strategy takes next. The product's own functions, on the simulation's head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from annotation.ordering.consequence import consequences
from annotation.ordering.diversity import k_center
from models_zoo.fragility.fisher import largest_eigenvalue

from .head import Floats, Head, with_bias

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pool:
    """What a strategy may look at: features of what waits, of what is labelled, and of live turns."""

    waiting: Floats
    labelled: Floats
    live: Floats
    head: Head
    generator: np.random.Generator
    most: int


def at_random(pool: Pool) -> Numbers:
    return pool.generator.permutation(len(pool.waiting))


def uncertainty(pool: Pool) -> Numbers:
    return _largest(_entropy(pool.head.probabilities(pool.waiting)))


def bald(pool: Pool) -> Numbers:
    drawn = pool.head.passes(pool.waiting, pool.generator)
    return _largest(_entropy(drawn.mean(axis=0)) - _entropy(drawn).mean(axis=0))


def fragility(pool: Pool) -> Numbers:
    """Of the features: d log p_y / d phi = w_y - sum_c p_c w_c."""
    probabilities = pool.head.probabilities(pool.waiting)
    weights = pool.head.weights[:, :-1]
    jacobian = weights[None] - (probabilities @ weights)[:, None]  # (n, C, D)
    found = largest_eigenvalue(torch.from_numpy(np.log(probabilities + 1e-12)), torch.from_numpy(jacobian))
    return _largest(found.numpy())


def diversity(pool: Pool) -> Numbers:
    half = np.sqrt(2)  # two unit vectors side by side
    return k_center(pool.waiting / half, pool.labelled / half, most=pool.most)[0]


def consequence(pool: Pool) -> Numbers:
    """Live turns whose type would be read differently."""
    found = consequences(
        items=with_bias(pool.waiting),
        guesses=pool.head.probabilities(pool.waiting),
        trained=with_bias(pool.labelled),
        turns=with_bias(pool.live),
        replies=pool.head.probabilities(pool.live),
        outcome=lambda _numbers, probabilities: probabilities.argmax(axis=-1),
    )
    doubt = _entropy(pool.head.probabilities(pool.waiting))
    return _largest(found.expected + 1e-3 * doubt)


STRATEGIES: dict[str, Callable[[Pool], Numbers]] = {
    "random": at_random,
    "uncertainty": uncertainty,
    "bald": bald,
    "fragility": fragility,
    "diversity": diversity,
    "consequence": consequence,
}


def _entropy(probabilities: Floats) -> Floats:
    return np.asarray(-(probabilities * np.log(probabilities + 1e-12)).sum(axis=-1))


def _largest(values: Floats) -> Numbers:
    return np.argsort(-values, kind="stable")
