"""Every doubt about the network's answers, what it costs, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.routing.doubts import entropy, of_the_answer, single_scores
from benchmarks.routing.machine import FEW, PASSES, Reading
from benchmarks.routing.served import network_answers
from benchmarks.shift.contenders import Beliefs
from models_zoo.uncertainty.measures import measures_of

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """``passes`` through the upper layers; the lower, frozen ones run once for all of them."""

    name: str
    title: str
    passes: int


BASE = Score("one_pass_entropy", "softmax entropy of one pass", 1)
SCORES = (
    BASE,
    Score("one_pass_max", "1 - max probability of one pass", 1),
    Score("laplace_entropy", "last-layer Laplace, entropy", 1),
    Score("process_entropy", "SNGP's head on the features, entropy", 1),
    Score("process_variance", "SNGP's head on the features, variance", 1),
    Score("mahalanobis", "Mahalanobis distance to the class means", 1),
    Score("neighbour_distance", "distance to the nearest training turn", 1),
    Score("neighbour_votes", "votes of the 20 nearest training turns", 1),
    Score("few_entropy", "dropout, predictive entropy", FEW),
    Score("few_mutual_information", "dropout, mutual information", FEW),
    Score("few_variation_ratio", "dropout, variation ratio", FEW),
    Score("mc_entropy", "dropout, predictive entropy", PASSES),
    Score("mc_mutual_information", "dropout, mutual information", PASSES),
    Score("mc_variation_ratio", "dropout, variation ratio", PASSES),
    Score("tuned_entropy", "tuned dropout, predictive entropy", FEW),
    Score("tuned_mutual_information", "tuned dropout, mutual information", FEW),
    Score("adapters_entropy", "adapter ensemble, predictive entropy", 3),
    Score("adapters_mutual_information", "adapter ensemble, mutual information", 3),
    Score("adapters_against", "adapter ensemble against the answer", 3),
    Score("ensemble_entropy", "network ensemble, predictive entropy", 5),
    Score("ensemble_mutual_information", "network ensemble, mutual information", 5),
    Score("ensemble_against", "network ensemble against the answer", 5),
    Score("joint", "joint score", FEW),
)


def scores_of(reading: Reading, beliefs: Beliefs) -> dict[str, Values]:
    """Score -> value of each turn, larger is more doubtful; all about the network's own answers."""
    answers = network_answers(reading)
    answer = answers.argmax(1)
    found = single_scores(reading, answers)
    found["process_entropy"] = entropy(beliefs.process)
    found["process_variance"] = beliefs.variance
    several = {
        "few": reading.drawn[:FEW],
        "tuned": beliefs.tuned,
        "adapters": beliefs.adapters,
        "ensemble": beliefs.ensemble,
    }
    for name, members in several.items():
        measured = measures_of(torch.from_numpy(members))
        found[f"{name}_entropy"] = measured.predictive_entropy.numpy()
        found[f"{name}_mutual_information"] = measured.mutual_information.numpy()
        found[f"{name}_variation_ratio"] = measured.variation_ratio.numpy()
        found[f"{name}_against"] = 1 - of_the_answer(members.mean(0), answer)
    if len(reading.drawn) < PASSES:  # what was read with few passes says nothing about many
        for measure in ("entropy", "mutual_information", "variation_ratio"):
            del found[f"mc_{measure}"]
    return {score.name: found[score.name] for score in SCORES if score.name in found}


def answers_of(reading: Reading, beliefs: Beliefs) -> dict[str, Values]:
    """Method -> the probabilities (n, C) that its own answers are chosen by."""
    return {
        "one pass": network_answers(reading),
        "last-layer Laplace": reading.laplace,
        "dropout": reading.drawn.mean(0),
        "tuned dropout": beliefs.tuned.mean(0),
        "adapter ensemble": beliefs.adapters.mean(0),
        "network ensemble": beliefs.ensemble.mean(0),
    }
