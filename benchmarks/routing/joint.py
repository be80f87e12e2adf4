"""The joint doubt: learned from the errors of out-of-fold answers, as the product learns it from verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.data import MOVES, Turn
from benchmarks.routing.doubts import of_the_answer, single_scores
from benchmarks.routing.machine import FEW, Reading
from models_zoo.routing.joint import JointModel
from models_zoo.routing.joint_fitting import fit_joint

Values = NDArray[np.float64]
Rows = list[dict[str, float | None]]
SPREADS = (0.01, 0.03, 0.1, 0.3)  # how far a coefficient may go; the training problems choose
SINGLE = (
    *("one_pass_entropy", "mc_mutual_information", "mc_variation_ratio", "mahalanobis", "neighbour_distance"),
    *("neighbour_votes", "words_against", "kernel_against", "trees_against", "network_against"),
)


def signals(
    reading: Reading, second: Values, answers: Values, believed: Values, turns: Sequence[Turn]
) -> tuple[Rows, list[float]]:
    """What is known about each turn when it is routed, and the prior: the belief against its answer.

    Args:
        second: probabilities of the second look, (n, C).
        answers: probabilities that the answers were chosen by, (n, C).
        believed: calibrated probabilities of all readers together, (n, C).
    """
    scores = single_scores(replace(reading, drawn=reading.drawn[:FEW]), answers)
    answer, ordered = answers.argmax(1), np.sort(answers, axis=1)
    columns: dict[str, Values] = {name: scores[name] for name in SINGLE}
    columns["second_look_against"] = _odds(1 - of_the_answer(second, answer))
    columns["margin"] = ordered[:, -1] - ordered[:, -2]
    readers = (reading.logits, reading.words, reading.kernel, reading.trees, second)
    columns["dissenters"] = np.sum([found.argmax(1) != answer for found in readers], axis=0).astype(float)
    for index, move in enumerate(MOVES):
        columns[f"answer_{move}"] = (answer == index).astype(float)
    columns["words"] = np.log1p([len(turn.text.split()) for turn in turns])
    columns["position"] = np.log1p([turn.position for turn in turns])
    rows: Rows = [{name: float(column[row]) for name, column in columns.items()} for row in range(len(turns))]
    return rows, (1 - of_the_answer(believed, answer)).tolist()


class JointDoubt:
    """Fitted on construction to out-of-fold answers.

    Attributes:
        crossed: the risk of each of these turns under a model that was fitted without its fold, (n,).
    """

    def __init__(
        self,
        reading: Reading,
        second: Values,
        answers: Values,
        believed: Values,
        turns: Sequence[Turn],
        place: NDArray[np.intp],
    ) -> None:
        self._rows, self._priors = signals(reading, second, answers, believed, turns)
        self.wrong = answers.argmax(1) != np.array([turn.move for turn in turns])
        tried = {spread: self._crossed(place, spread) for spread in SPREADS}
        self.spread = min(SPREADS, key=lambda spread: _loss(tried[spread], self.wrong))
        self.crossed = tried[self.spread]
        self.model = self._fit(np.arange(len(turns)), self.spread)

    def risks(
        self, reading: Reading, second: Values, answers: Values, believed: Values, turns: Sequence[Turn]
    ) -> Values:
        rows, priors = signals(reading, second, answers, believed, turns)
        return np.array([self.model.risk(row, prior=prior) for row, prior in zip(rows, priors, strict=True)])

    def _crossed(self, place: NDArray[np.intp], spread: float) -> Values:
        found = np.zeros(len(place))
        for fold in set(place.tolist()):
            model = self._fit(np.flatnonzero(place != fold), spread)
            for row in np.flatnonzero(place == fold):
                found[row] = model.risk(self._rows[row], prior=self._priors[row])
        return found

    def _fit(self, chosen: NDArray[np.intp], spread: float) -> JointModel:
        picked = chosen.tolist()
        return fit_joint(
            [self._rows[row] for row in picked],
            [bool(self.wrong[row]) for row in picked],
            [self._priors[row] for row in picked],
            spread=spread,
        )


def _odds(probability: Values) -> Values:
    inside = np.clip(probability, 1e-3, 1 - 1e-3)
    return np.asarray(np.log(inside / (1 - inside)))


def _loss(risk: Values, wrong: NDArray[np.bool_]) -> float:
    """Mean negative log likelihood of the errors in nats."""
    inside = np.clip(risk, 1e-6, 1 - 1e-6)
    return float(-np.where(wrong, np.log(inside), np.log(1 - inside)).mean())
