"""Everything that reads a turn, fitted on one set of turns: network, other readers, distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor

from benchmarks.routing.data import MOVES, Turn
from benchmarks.routing.distances import LastLayerLaplace, Mahalanobis, Neighbours
from benchmarks.routing.members import Kernel, Trees, Words
from benchmarks.routing.network import FrozenLayers, Network, Settings, passes, read, train
from benchmarks.routing.surface import surface

Values = NDArray[np.float64]
PASSES = 30
FEW = 10  # passes behind the joint doubt, which has to read every training turn as well


@dataclass(frozen=True)
class Prepared:
    """Turns with all that no training changes: frozen states, sentence vectors, surface, labels."""

    turns: tuple[Turn, ...]
    states: tuple[Tensor, ...]
    vectors: NDArray[np.float32]
    surface: Values
    labels: NDArray[np.int64]

    def part(self, rows: NDArray[np.intp]) -> Prepared:
        chosen = rows.tolist()
        return Prepared(
            tuple(self.turns[row] for row in chosen),
            tuple(self.states[row] for row in chosen),
            self.vectors[rows],
            self.surface[rows],
            self.labels[rows],
        )


def prepare(base: FrozenLayers, turns: Sequence[Turn]) -> Prepared:
    states = base.states([turn.text for turn in turns])
    labels = np.array([turn.move for turn in turns], dtype=np.int64)
    return Prepared(tuple(turns), tuple(states), base.vectors(states), surface(list(turns)), labels)


@dataclass(frozen=True)
class Reading:
    """What a machine says about n turns."""

    logits: Values  # (n, C), one pass
    drawn: Values  # (T, n, C), probabilities of the passes with dropout
    laplace: Values  # (n, C)
    mahalanobis: Values  # (n,)
    neighbours: Values  # (n, C), shares among the nearest
    similarity: Values  # (n,), of the nearest
    words: Values  # (n, C)
    kernel: Values  # (n, C)
    trees: Values  # (n, C)

    def filled(self, rows: NDArray[np.intp], part: Reading) -> Reading:
        """This reading with ``part`` in the given rows."""
        for field in fields(self):
            whole, piece = getattr(self, field.name), getattr(part, field.name)
            if field.name == "drawn":
                whole[:, rows] = piece
            else:
                whole[rows] = piece
        return self

    @classmethod
    def empty(cls, n: int) -> Reading:
        wide = {"drawn": (FEW, n, len(MOVES)), "mahalanobis": (n,), "similarity": (n,)}
        return cls(**{field.name: np.zeros(wide.get(field.name, (n, len(MOVES)))) for field in fields(cls)})


class Machine:
    """Fits on construction."""

    def __init__(self, base: FrozenLayers, known: Prepared, settings: Settings) -> None:
        self.network: Network = train(base, known.states, known.labels.tolist(), settings)
        logits, features = read(self.network, known.states)
        self._laplace = LastLayerLaplace(features, logits)
        self._mahalanobis = Mahalanobis(features, known.labels)
        self._neighbours = Neighbours(known.vectors, known.labels)
        self._words = Words().fit(known.turns, known.surface, known.labels)
        self._kernel = Kernel().fit(known.turns, known.vectors, known.surface, known.labels)
        self._trees = Trees().fit(known.surface, known.labels, seed=settings.seed)

    def read(self, asked: Prepared, *, count: int = PASSES, seed: int = 0) -> Reading:
        logits, features = read(self.network, asked.states)
        shares, similarity = self._neighbours.votes(asked.vectors, len(MOVES))
        return Reading(
            logits=logits,
            drawn=np.asarray(softmax(passes(self.network, asked.states, count=count, seed=seed), axis=-1)),
            laplace=self._laplace.probabilities(features, logits),
            mahalanobis=self._mahalanobis.distance(features),
            neighbours=shares,
            similarity=similarity,
            words=self._words.probabilities(asked.turns, asked.surface),
            kernel=self._kernel.probabilities(asked.vectors, asked.surface),
            trees=self._trees.probabilities(asked.surface),
        )
