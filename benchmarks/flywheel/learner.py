"""A model that is made anew each round from weighted labels, and how much it doubts a turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models_zoo.routing.joint_fitting import fit_joint

Values = NDArray[np.float64]
Labels = NDArray[np.int64]
FOLDS = 4
SPREAD = 0.3  # of a joint coefficient: hundreds of labels


class Learner:
    """A softmax head, and the joint doubt learned from its answers to turns that it was not trained on.

    Args:
        groups: the dialogue of each row; folds never cut one.
        weights: one over the chance with which each row came to be labelled.
    """

    def __init__(self, features: Values, labels: Labels, groups: NDArray[np.str_], weights: Values) -> None:
        self._features = features
        place = _folds(groups)
        probabilities = np.zeros((len(labels), int(labels.max()) + 1))
        nearest = np.zeros(len(labels))
        for fold in range(FOLDS):
            inside, outside = place == fold, place != fold
            head = _head(features[outside], labels[outside], weights[outside])
            probabilities[inside] = _aligned(head, features[inside], probabilities.shape[1])
            nearest[inside] = _nearest(features[inside], features[outside])
        self.wrong = probabilities.argmax(1) != labels
        rows, priors = _signals(probabilities, nearest)
        self.crossed = np.zeros(len(labels))
        for fold in range(FOLDS):
            picked = np.flatnonzero(place != fold).tolist()
            joint = fit_joint(
                [rows[i] for i in picked],
                self.wrong[picked].tolist(),
                [priors[i] for i in picked],
                spread=SPREAD,
            )
            for i in np.flatnonzero(place == fold):
                self.crossed[i] = joint.risk(rows[i], prior=priors[i])
        self._joint = fit_joint(rows, self.wrong.tolist(), priors, spread=SPREAD)
        self._head = _head(features, labels, weights)
        self._classes = probabilities.shape[1]

    def read(self, features: Values) -> tuple[Labels, Values]:
        """The answer to each row, and the probability that it is wrong."""
        probabilities = _aligned(self._head, features, self._classes)
        rows, priors = _signals(probabilities, _nearest(features, self._features))
        risks = [self._joint.risk(row, prior=prior) for row, prior in zip(rows, priors, strict=True)]
        return probabilities.argmax(1), np.array(risks)


def _head(features: Values, labels: Labels, weights: Values) -> LogisticRegression:
    return LogisticRegression(C=4.0, max_iter=400).fit(features, labels, sample_weight=np.sqrt(weights))


def _aligned(head: LogisticRegression, features: Values, classes: int) -> Values:
    full = np.full((len(features), classes), 1e-6)
    full[:, head.classes_] = np.maximum(head.predict_proba(features), 1e-6)
    return np.asarray(full / full.sum(1, keepdims=True))


def _nearest(features: Values, known: Values) -> Values:
    """Distance to the most similar labelled turn."""
    squares = (features**2).sum(1)[:, None] + (known**2).sum(1)[None] - 2 * features @ known.T
    return np.asarray(np.sqrt(squares.clip(min=0)).min(1))


def _signals(probabilities: Values, nearest: Values) -> tuple[list[dict[str, float | None]], list[float]]:
    ordered = np.sort(probabilities, axis=1)
    entropy = -(probabilities * np.log(probabilities)).sum(1)
    answer = probabilities.argmax(1)
    rows: list[dict[str, float | None]] = [
        {
            "entropy": float(entropy[i]),
            "margin": float(ordered[i, -1] - ordered[i, -2]),
            "distance": float(nearest[i]),
            **{f"answer_{c}": float(answer[i] == c) for c in range(probabilities.shape[1])},
        }
        for i in range(len(probabilities))
    ]
    return rows, (1 - ordered[:, -1]).tolist()


def _folds(groups: Sequence[str] | NDArray[np.str_]) -> NDArray[np.intp]:
    """Whole dialogues in turn, in the order of their first appearance."""
    place: dict[str, int] = {}
    for group in groups:
        place.setdefault(str(group), len(place) % FOLDS)
    return np.array([place[str(group)] for group in groups], dtype=np.intp)
