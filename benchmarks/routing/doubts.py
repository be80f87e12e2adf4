"""Every score of doubt about given answers that needs no fitting on errors."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from benchmarks.routing.data import MOVES
from benchmarks.routing.machine import Reading
from models_zoo.uncertainty.measures import measures_of

Values = NDArray[np.float64]


def entropy(probabilities: Values) -> Values:
    return np.asarray(-(probabilities * np.log(np.maximum(probabilities, 1e-12))).sum(-1))


def of_the_answer(probabilities: Values, answer: NDArray[np.int64]) -> Values:
    return np.asarray(probabilities[np.arange(len(answer)), answer])


def single_scores(reading: Reading, served: Values) -> dict[str, Values]:
    """Score -> value of each turn, larger is more doubtful; ``served`` are the answers' probabilities."""
    answer = served.argmax(1)
    one = np.asarray(softmax(reading.logits, axis=1))
    dropout = measures_of(torch.from_numpy(reading.drawn))
    others = {name: getattr(reading, name) for name in ("words", "kernel", "trees")}
    scores = {
        "one_pass_entropy": entropy(one),
        "one_pass_max": 1 - one.max(1),
        "mc_entropy": dropout.predictive_entropy.numpy(),
        "mc_expected_entropy": dropout.expected_entropy.numpy(),
        "mc_mutual_information": dropout.mutual_information.numpy(),
        "mc_variation_ratio": dropout.variation_ratio.numpy(),
        "mc_max": 1 - dropout.max_probability.numpy(),
        "laplace_entropy": entropy(reading.laplace),
        "laplace_max": 1 - reading.laplace.max(1),
        "mahalanobis": reading.mahalanobis,
        "neighbour_distance": 1 - reading.similarity,
        "neighbour_votes": 1 - of_the_answer(reading.neighbours, answer),
        **{f"{name}_against": 1 - of_the_answer(found, answer) for name, found in others.items()},
        "network_against": 1 - of_the_answer(one, answer),
        "served_entropy": entropy(served),
        "served_max": 1 - served.max(1),
    }
    scores["product"] = _product(scores)
    return scores


def _product(scores: dict[str, Values]) -> Values:
    """The plain product of what each stage would bet on: one pass, dropout, nearness, nothing learned."""
    stages = [
        scores["one_pass_entropy"] / np.log(len(MOVES)),
        scores["mc_mutual_information"] / np.log(len(MOVES)),
        np.clip(scores["neighbour_distance"], 0, 1),
    ]
    return np.asarray(1 - np.prod([1 - stage for stage in stages], axis=0))
