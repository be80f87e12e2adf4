"""Intervals over dialogues: turns of one dialogue are alike, so whole dialogues are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


def group_resamples(groups: Sequence[str], *, times: int, seed: int = 0) -> list[Rows]:
    """``times`` draws of as many whole groups as there are, with replacement, as row numbers.

    The cluster bootstrap (Davison & Hinkley 1997, section 3.8).
    """
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    blocks = [np.array(rows, dtype=np.intp) for rows in members.values()]
    generator = np.random.default_rng(seed)
    return [
        np.concatenate([blocks[index] for index in generator.integers(0, len(blocks), len(blocks))])
        for _ in range(times)
    ]


def interval(score: Callable[[Rows], float], resamples: Sequence[Rows]) -> tuple[float, float]:
    """The middle 95 % of ``score`` over the resamples."""
    low, high = np.percentile([score(rows) for rows in resamples], [2.5, 97.5])
    return float(low), float(high)
