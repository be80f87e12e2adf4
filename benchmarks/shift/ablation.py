"""What each kind of signal adds to a joint score: alone beside one pass, and taken from all of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.data import MOVES, Turn
from benchmarks.routing.fitted import Fitted
from benchmarks.routing.joint import Rows, signals
from benchmarks.routing.machine import Reading
from benchmarks.routing.served import Served, network_answers
from models_zoo.routing.joint_fitting import fit_joint

Values = NDArray[np.float64]
SPREAD = 0.1  # of every coefficient, so that the sets differ in nothing but their signals
KINDS: dict[str, tuple[str, ...]] = {
    "dropout": ("mc_mutual_information", "mc_variation_ratio"),
    "distances": ("mahalanobis", "neighbour_distance"),
    "votes of the nearest": ("neighbour_votes",),
    "other readers": (
        *("words_against", "kernel_against", "trees_against", "second_look_against", "dissenters"),
    ),
    "the answer itself": tuple(f"answer_{move}" for move in MOVES),
    "length and position": ("words", "position"),
}


def ablation(found: Fitted, served: Served) -> dict[str, Values]:
    """The name of each set of signals -> the risk that it gives the test turns.

    The prior is the network's own probability against its answer in every set.
    """
    outside, reading = found.crossed.reading, found.reading
    known = _signals(outside, served.look_outside.second, found.train.turns)
    second = served.look(reading, found.test.turns).second
    asked = _signals(reading, second, found.test.turns)
    wrong = (network_answers(outside).argmax(1) != found.train.labels).tolist()

    def risks(names: frozenset[str]) -> Values:
        model = fit_joint(_only(known[0], names), wrong, known[1], spread=SPREAD)
        rows = zip(_only(asked[0], names), asked[1], strict=True)
        return np.array([model.risk(row, prior=prior) for row, prior in rows])

    everything = frozenset(known[0][0])
    alone = everything - {name for names in KINDS.values() for name in names}
    return {
        "one pass": risks(alone),
        **{f"one pass and {kind}": risks(alone | set(names)) for kind, names in KINDS.items()},
        "everything": risks(everything),
        **{f"everything but {kind}": risks(everything - set(names)) for kind, names in KINDS.items()},
    }


def _signals(reading: Reading, second: Values, turns: Sequence[Turn]) -> tuple[Rows, list[float]]:
    answers = network_answers(reading)
    return signals(reading, second, answers, answers, turns)


def _only(rows: Rows, names: frozenset[str]) -> Rows:
    return [{name: value for name, value in row.items() if name in names} for row in rows]
