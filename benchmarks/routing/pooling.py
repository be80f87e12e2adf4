"""One answer from several readers: a weighted mean of their probabilities, then calibrated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax

from benchmarks.routing.machine import Reading
from models_zoo.routing import maps

Values = NDArray[np.float64]
Labels = NDArray[np.int64]
READERS = ("network", "words", "kernel", "trees")
Fit = Callable[[Values, Labels], maps.Map]
MAPS: dict[str, Fit] = {
    "none": lambda _logits, _gold: lambda z: np.asarray(softmax(z, axis=-1)),
    "temperature": maps.temperature,
    "vector": maps.vector,
    "dirichlet": maps.dirichlet,
}


class Pool:
    """A linear opinion pool whose weights make the labels most likely (Genest & Zidek 1986)."""

    def __init__(self, reading: Reading, gold: Labels) -> None:
        chosen = stacked(reading)[:, np.arange(len(gold)), gold]

        def loss(x: Values) -> float:
            mixed = softmax(x) @ chosen
            return float(-np.log(np.maximum(mixed, 1e-12)).mean() + 1e-3 * (x**2).sum())

        self.weights = np.asarray(softmax(minimize(loss, x0=np.zeros(len(READERS))).x))

    def logits(self, reading: Reading) -> Values:
        """The logarithm of the weighted mean: (n, C)."""
        return np.asarray(np.log(np.tensordot(self.weights, stacked(reading), axes=1)))


def stacked(reading: Reading) -> Values:
    """The readers' probabilities: (R, n, C)."""
    network = np.asarray(softmax(reading.logits, axis=1))
    return np.stack([network, reading.words, reading.kernel, reading.trees])


def crossed(fit: Fit, logits: Values, gold: Labels, place: NDArray[np.intp]) -> Values:
    """Each row's probabilities under the map that was fitted without its fold."""
    found = np.zeros_like(logits)
    for fold in set(place.tolist()):
        inside = place == fold
        found[inside] = fit(logits[~inside], gold[~inside])(logits[inside])
    return found


def best_map(logits: Values, gold: Labels, place: NDArray[np.intp]) -> str:
    """The map that makes labels outside its own folds most likely."""

    def loss(name: str) -> float:
        p = crossed(MAPS[name], logits, gold, place)
        return float(-np.log(np.maximum(p[np.arange(len(gold)), gold], 1e-12)).mean())

    return min(MAPS, key=loss)
