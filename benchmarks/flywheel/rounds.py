"""The loop itself: answer a round, label what was handed over or audited, learn, choose the threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.flywheel.learner import Labels, Learner, Values

POLICIES = ("takeovers", "uniform")
LEAST_BELOW = 20  # a threshold with fewer labels below it rests on nothing


@dataclass(frozen=True, slots=True)
class Terms:
    """Dialogues of a round, the share of wrong turns to be kept to, the share of sure turns audited."""

    size: int
    error: float
    audits: float


@dataclass(frozen=True, slots=True)
class Round:
    """What happened in a round; ``labels`` is what the model had learned from before it.

    ``error``: share of wrong turns among those that the machine answered alone, by the true labels; None
    where it answered none. ``accuracy``: of the machine's answers to all turns, also those not used.
    """

    labels: int
    takeover_rate: float
    error: float | None
    accuracy: float | None


def played(
    features: Values,
    labels: Labels,
    dialogues: NDArray[np.str_],
    terms: Terms,
    *,
    policy: str,
    seed: int,
) -> list[Round]:
    """All rounds, the dialogues in an order of their own for each seed."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(np.unique(dialogues))
    rounds: list[Round] = []
    known = np.array([], dtype=np.intp)  # labelled rows, and with which chance each came to be labelled
    chances = np.array([])
    for start in range(0, len(order) - terms.size + 1, terms.size):
        rows = np.flatnonzero(np.isin(dialogues, order[start : start + terms.size]))
        if not len(known):
            rounds.append(Round(0, 1.0, None, None))
            known, chances = rows, np.ones(len(rows))
            continue
        learner = Learner(features[known], labels[known], dialogues[known], 1 / chances)
        threshold = _threshold(learner, 1 / chances, terms.error)
        answers, risks = learner.read(features[rows])
        rounds.append(_scored(len(known), answers, labels[rows], risks < threshold))
        picked, chance = _picked(risks < threshold, terms.audits, policy, generator)
        known, chances = np.concatenate([known, rows[picked]]), np.concatenate([chances, chance[picked]])
    return rounds


def _threshold(learner: Learner, weights: Values, error: float) -> float:
    """The largest risk below which the labels so far put the share of wrong turns at ``error`` or less.

    Weighted by one over the chance of having been labelled, takeovers and audits stand for all turns.
    """
    order = np.argsort(learner.crossed)
    wrong = np.cumsum(learner.wrong[order] * weights[order])
    share = wrong / np.cumsum(weights[order])
    allowed = np.flatnonzero(share[LEAST_BELOW - 1 :] <= error)
    if not len(allowed):
        return 0.0
    return float(np.nextafter(learner.crossed[order][allowed[-1] + LEAST_BELOW - 1], np.inf))


def _scored(labels_before: int, answers: Labels, truth: Labels, alone: NDArray[np.bool_]) -> Round:
    wrong = answers != truth
    return Round(
        labels=labels_before,
        takeover_rate=float(1 - alone.mean()),
        error=float(wrong[alone].mean()) if alone.any() else None,
        accuracy=float(1 - wrong.mean()),
    )


def _picked(
    alone: NDArray[np.bool_], audits: float, policy: str, generator: np.random.Generator
) -> tuple[NDArray[np.bool_], Values]:
    """Which turns are labelled, and the chance that each had: handed over 1, sure turns as audited."""
    chance = np.where(alone, audits, 1.0)
    if policy == "uniform":  # as many labels, from anywhere
        chance = np.full(len(alone), chance.mean())
    return generator.random(len(alone)) < chance, chance
