"""A second look that knows the dialogue: trees over what the readers said of this turn and the turns before.

A teacher who has just probed is likely to probe again, or to give up and tell; and where readers disagree,
which of them is right depends on what they say. Earlier turns count as they were read, never as they were
marked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier

from benchmarks.routing.data import Turn
from benchmarks.routing.members import aligned

Values = NDArray[np.float64]
Labels = NDArray[np.int64]


def context(turns: Sequence[Turn], logits: Values) -> Values:
    """The log probabilities of a dialogue's last turn, the one before it, and the mean of all: (n, 3 C)."""
    unknown = logits.mean(0)
    earlier: dict[str, list[Values]] = {}
    rows = []
    for turn, own in zip(turns, logits, strict=True):
        before = earlier.setdefault(turn.dialogue, [])
        last = before[-1] if before else unknown
        last_but_one = before[-2] if len(before) > 1 else unknown
        rows.append(np.concatenate([last, last_but_one, np.mean(before, axis=0) if before else unknown]))
        before.append(own)
    return np.array(rows)


class SecondLook:
    """Fitted on readings of turns that the readers had not trained on."""

    def __init__(self, design: Values, labels: Labels, *, seed: int = 0) -> None:
        self._trees = ExtraTreesClassifier(500, min_samples_leaf=8, max_features=0.4, random_state=seed)
        self._trees.fit(design, labels)

    def probabilities(self, design: Values) -> Values:
        return aligned(self._trees, self._trees.predict_proba(design))


def design_of(turns: Sequence[Turn], pooled: Values, readers: Values) -> Values:
    """What the second look sees.

    Shapes:
        pooled (n, C) and readers (R, n, C), log probabilities -> (n, C + R C + 3 C + 3)
    """
    shape = [
        [min(turn.position, 8), np.log1p(len(turn.text.split())), turn.text.count("?")] for turn in turns
    ]
    return np.hstack([pooled, *readers, context(turns, pooled), np.array(shape, dtype=np.float64)])
