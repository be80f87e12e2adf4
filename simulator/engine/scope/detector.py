"""How likely a line belongs to no rehearsal of this scenario.

A sign in its characters or words settles it. Otherwise a logistic score over three figures: how near the line
is to the scenario's task and to known lines that it could hear, how near to known strange ones, and the share
of its words that are unknown here. What belongs is read off the scenario's file: a new one needs no fitting.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.student.schema import Scenario

from .lines import DATA
from .references import References
from .signs import sign_of
from .vocabulary import TalkWords, scenario_sentences, scenario_stems, stems_of

WEIGHTS = DATA / "weights.json"
NEAREST = 3  # known lines of each side that are averaged
SHOWN = 3  # nearest known lines kept for the page that explains a decision
UNKNOWN = "topic"  # a stranger without a sign
SMOOTHING = 2  # words: one unknown word of two says less than five of ten
Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True)
class Scope:
    """What the detector says of one line.

    ``probability`` that it is a stranger; ``doubt`` is what of it counts against an answer by the machine: 0
    up to the level that few lines of the scenario pass, 1 where a stranger is certain. ``kind`` is empty
    while ``doubt`` is 0. ``nearest``: text, cosine similarity and collection of the nearest known lines.
    """

    kind: str
    probability: float
    doubt: float
    nearest: tuple[tuple[str, float, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "probability": round(self.probability, 4),
            "doubt": round(self.doubt, 4),
            "nearest": [
                {"text": text, "similarity": round(similarity, 4), "collection": name}
                for text, similarity, name in self.nearest
            ],
        }


@dataclass(frozen=True)
class World:
    """A scenario as the detector sees it: its words, and which known lines could be said in it."""

    stems: frozenset[str]
    inside: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    task: Matrix

    @classmethod
    def of(cls, scenario: Scenario, references: References, talk: TalkWords, embed: Embed) -> World:
        stems, strange = scenario_stems(scenario), references.strange
        unknown = np.array(
            [
                sum(word not in stems and not talk.has(word) for word in stems_of(text))
                for text in references.texts
            ]
        )
        task = embed(scenario_sentences(scenario))
        return cls(stems, ~strange & (unknown == 0), strange | (unknown > 1), task)


def features(
    text: str, vector: Vector, similarity: Vector, world: World, talk: TalkWords, *, without: str = ""
) -> tuple[float, ...]:
    """Nearness to the scenario and to strange lines, and the smoothed share of unknown words.

    Args:
        vector: of the line (D,), unit length.
        similarity: cosine to every known line (N,).
        without: a collection one line of which, this very line, is left out of account.
    """
    words = stems_of(text)
    unknown = sum(word not in world.stems and not talk.has(word, without=without) for word in words)
    own = np.concatenate([similarity[world.inside], world.task @ vector])
    near, strange = (float(np.sort(side)[-NEAREST:].mean()) for side in (own, similarity[world.outside]))
    return near, strange, unknown / (len(words) + SMOOTHING)


class Detector:
    """Judges lines; remembers the world of each scenario that it has seen."""

    def __init__(self, references: References, embed: Embed) -> None:
        weights: Mapping[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        self._coefficients = np.array(weights["coefficients"])
        self._intercept = float(weights["intercept"])
        self._level = float(weights["level"])
        self.references = references
        self._embed = embed
        self._talk = references.talk()
        self._worlds: dict[tuple[str, int], World] = {}

    def world(self, scenario: Scenario) -> World:
        key = scenario.slug, scenario.version
        if key not in self._worlds:
            self._worlds[key] = World.of(scenario, self.references, self._talk, self._embed)
        return self._worlds[key]

    def judge(self, scenario: Scenario, text: str, embedding: Vector) -> Scope:
        """Judge one line by its text and its unit vector (D,) of the frozen encoder."""
        similarity = self.references.vectors @ embedding
        nearest = tuple(
            (self.references.texts[index], float(similarity[index]), self.references.collections[index])
            for index in np.argsort(-similarity)[:SHOWN]
        )
        if kind := sign_of(text):
            return Scope(kind, 1.0, 1.0, nearest)
        figures = np.array(features(text, embedding, similarity, self.world(scenario), self._talk))
        probability = 1 / (1 + exp(-float(self._coefficients @ figures) - self._intercept))
        doubt = max(0.0, (probability - self._level) / (1 - self._level))
        return Scope(UNKNOWN if doubt else "", probability, doubt, nearest)
