"""Every score of doubt about the served answers, and the signals that the joint one is learned from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from benchmarks.routing.data import MOVES, Turn
from benchmarks.routing.machine import Reading
from models_zoo.routing.joint import JointModel
from models_zoo.routing.joint_fitting import fit_joint
from models_zoo.uncertainty.measures import measures_of

Values = NDArray[np.float64]
SPREAD = 0.1  # of a coefficient: thousands of labels, of which many are arguable


def entropy(probabilities: Values) -> Values:
    return np.asarray(-(probabilities * np.log(np.maximum(probabilities, 1e-12))).sum(-1))


def of_the_answer(probabilities: Values, answer: NDArray[np.int64]) -> Values:
    return np.asarray(probabilities[np.arange(len(answer)), answer])


def single_scores(reading: Reading, served: Values) -> dict[str, Values]:
    """Scores that need no fitting on errors; larger is more doubtful."""
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


def signals(
    reading: Reading, served: Values, turns: Sequence[Turn]
) -> tuple[list[dict[str, float | None]], list[float]]:
    """What is known about each turn when it is routed, and the prior: one minus the largest probability."""
    scores = single_scores(reading, served)
    answer, ordered = served.argmax(1), np.sort(served, axis=1)
    columns: dict[str, Values] = {
        name: scores[name]
        for name in (
            "one_pass_entropy",
            "mc_mutual_information",
            "mc_variation_ratio",
            "mahalanobis",
            "neighbour_distance",
            "neighbour_votes",
            "words_against",
            "kernel_against",
            "trees_against",
            "network_against",
        )
    }
    columns["margin"] = ordered[:, -1] - ordered[:, -2]
    readers = (reading.logits, reading.words, reading.kernel, reading.trees)
    columns["dissenters"] = np.sum([found.argmax(1) != answer for found in readers], axis=0).astype(float)
    for index, move in enumerate(MOVES):
        columns[f"answer_{move}"] = (answer == index).astype(float)
    columns["words"] = np.log1p([len(turn.text.split()) for turn in turns])
    columns["position"] = np.log1p([turn.position for turn in turns])
    rows: list[dict[str, float | None]] = [
        {name: float(column[row]) for name, column in columns.items()} for row in range(len(turns))
    ]
    return rows, (1 - served.max(1)).tolist()


def risks(model: JointModel, reading: Reading, served: Values, turns: Sequence[Turn]) -> Values:
    rows, priors = signals(reading, served, turns)
    return np.array([model.risk(row, prior=prior) for row, prior in zip(rows, priors, strict=True)])


def fitted_joint(
    reading: Reading, served: Values, turns: Sequence[Turn], place: NDArray[np.intp]
) -> tuple[JointModel, Values]:
    """The joint model of all turns, and each turn's risk under one that was fitted without its fold."""
    rows, priors = signals(reading, served, turns)
    wrong = served.argmax(1) != np.array([turn.move for turn in turns])
    crossed = np.zeros(len(turns))
    for fold in set(place.tolist()):
        outside, inside = np.flatnonzero(place != fold), np.flatnonzero(place == fold)
        model = _fit(rows, wrong, priors, outside)
        crossed[inside] = [model.risk(rows[row], prior=priors[row]) for row in inside]
    return _fit(rows, wrong, priors, np.arange(len(turns))), crossed


def _fit(
    rows: list[dict[str, float | None]],
    wrong: NDArray[np.bool_],
    priors: list[float],
    chosen: NDArray[np.intp],
) -> JointModel:
    picked = chosen.tolist()
    return fit_joint(
        [rows[row] for row in picked],
        [bool(wrong[row]) for row in picked],
        [priors[row] for row in picked],
        spread=SPREAD,
    )
