"""The answers that are served: the readers' pool and the second look, averaged and calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from benchmarks.routing.data import Turn
from benchmarks.routing.joint import JointDoubt
from benchmarks.routing.machine import Prepared, Reading
from benchmarks.routing.pooling import MAPS, Pool, best_map, crossed, stacked
from benchmarks.routing.sequence import SecondLook, design_of

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """What is made of a reading: the second look's probabilities, the averaged logits before calibration."""

    second: Values
    logits: Values


class Served:
    """Fitted to out-of-fold readings of the training turns; ``place`` is the fold of each.

    Attributes:
        map: name of the calibration map that out-of-fold likelihood chose.
        outside: the answers' probabilities on the training turns, nothing of which has seen the turn's fold.
    """

    def __init__(self, train: Prepared, outside: Reading, place: NDArray[np.intp]) -> None:
        self.pool = Pool(outside, train.labels)
        design = self._design(outside, train.turns)
        second = np.zeros_like(outside.logits)
        for fold in set(place.tolist()):
            inside = place == fold
            second[inside] = SecondLook(design[~inside], train.labels[~inside]).probabilities(design[inside])
        self._second = SecondLook(design, train.labels)
        self.look_outside = Look(second, self._averaged(outside, second))
        self.map = best_map(self.look_outside.logits, train.labels, place)
        self._mapped = MAPS[self.map](self.look_outside.logits, train.labels)
        self.outside = crossed(MAPS[self.map], self.look_outside.logits, train.labels, place)
        self.joint = JointDoubt(outside, second, self.outside, self.outside, train.turns, place)

    def look(self, reading: Reading, turns: Sequence[Turn]) -> Look:
        second = self._second.probabilities(self._design(reading, turns))
        return Look(second, self._averaged(reading, second))

    def answers(self, look: Look) -> Values:
        """Calibrated probabilities: (n, C)."""
        return self._mapped(look.logits)

    def risks(self, reading: Reading, look: Look, turns: Sequence[Turn]) -> Values:
        answers = self.answers(look)
        return self.joint.risks(reading, look.second, answers, answers, turns)

    def _design(self, reading: Reading, turns: Sequence[Turn]) -> Values:
        return design_of(turns, self.pool.logits(reading), np.log(stacked(reading)))

    def _averaged(self, reading: Reading, second: Values) -> Values:
        return np.asarray(np.log((np.exp(self.pool.logits(reading)) + second) / 2))


def network_answers(reading: Reading) -> Values:
    """The probabilities that the network's own answers are chosen by: (n, C)."""
    return np.asarray(softmax(reading.logits, axis=1))


class NetworkDoubt:
    """The joint doubt about the network's own answers, when these are served and not the pool's."""

    def __init__(self, train: Prepared, outside: Reading, place: NDArray[np.intp], served: Served) -> None:
        second, answers = served.look_outside.second, network_answers(outside)
        self.joint = JointDoubt(outside, second, answers, served.outside, train.turns, place)

    def risks(self, reading: Reading, served: Served, turns: Sequence[Turn]) -> Values:
        look = served.look(reading, turns)
        return self.joint.risks(reading, look.second, network_answers(reading), served.answers(look), turns)
