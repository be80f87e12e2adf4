"""Lines that the project knows, as vectors of the frozen encoder: what a new line is compared with.

They are the hand-written part of the models' corpus and the development lines. ``python -m
simulator.engine.scope.fit`` writes them to data/references.npz; on another encoder they are embedded anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models_zoo.corpora.build import HERE as CORPORA
from models_zoo.corpora.build import handwritten_lines

from .lines import DATA, read_lines
from .vocabulary import TalkWords

if TYPE_CHECKING:
    from models_zoo.serving.predictor import Predictor

FILE = DATA / "references.npz"
STRANGE = ("off_topic", "development")  # collections that belong to no scenario
SAME_ENCODER = 0.99  # cosine of a probe line with its stored vector; 8 bits cost less than that
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class References:
    """N known lines: text, collection and dialogue act of each, and their unit vectors (N, D)."""

    texts: tuple[str, ...]
    collections: tuple[str, ...]
    acts: tuple[str, ...]
    vectors: Matrix

    @property
    def strange(self) -> NDArray[np.bool_]:
        return np.array([name in STRANGE for name in self.collections])

    def talk(self) -> TalkWords:
        """The words of all collections that are about mathematics."""
        found: dict[str, list[str]] = {"short": []}
        for text, name in zip(self.texts, self.collections, strict=True):
            if name not in STRANGE:
                found.setdefault(name, []).append(text)
        return TalkWords.of(found, (DATA / "talk.txt").read_text(encoding="utf-8").partition("\n")[2])


def known_lines() -> References:
    """The lines themselves, still without vectors."""
    rows = [
        (text, path.stem, act)
        for path in sorted((CORPORA / "handwritten").glob("*.txt"))
        for text, act, _question_type, _group in handwritten_lines(path)
    ]
    rows += [(line.text, "development", "None") for line in read_lines("development")]
    unique = {text: (text, name, act) for text, name, act in reversed(rows)}
    texts, names, acts = zip(*reversed(unique.values()), strict=True)
    return References(texts, names, acts, np.empty((len(texts), 0), np.float32))


def embedded(predictor: Predictor) -> References:
    """The known lines on this predictor's encoder: the stored vectors where they are of the same encoder."""
    stored = _stored()
    if stored is not None:
        (probe,) = predictor.embed(stored.texts[:1])
        if probe.shape == stored.vectors[0].shape and float(probe @ stored.vectors[0]) > SAME_ENCODER:
            return stored
    lines = known_lines()
    return replace(lines, vectors=predictor.embed(lines.texts))


def store(references: References) -> None:
    """Write the vectors, eight bits a number, beside the digest-free texts that they belong to."""
    largest = np.abs(references.vectors).max(-1, keepdims=True)
    np.savez_compressed(
        FILE,
        texts=np.array(references.texts),
        vectors=np.round(references.vectors / largest * 127).astype(np.int8),
    )


@cache
def _stored() -> References | None:
    """The shipped vectors, or None when the lists have changed since they were written."""
    if not FILE.exists():
        return None
    lines = known_lines()
    with np.load(FILE) as file:
        texts: Sequence[str] = file["texts"].tolist()
        vectors = file["vectors"].astype(np.float32)
    if tuple(texts) != lines.texts:
        return None
    return replace(lines, vectors=vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
