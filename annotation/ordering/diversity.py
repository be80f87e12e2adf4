"""Diversity: items that are unlike what is labelled, and unlike each other.

Greedy k-center (Sener & Savarese 2018, algorithm 1) in the space of the frozen encoder: each step takes the
item that lies farthest from everything labelled or taken so far.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def k_center(
    candidates: Floats, chosen: Floats, *, most: int | None = None
) -> tuple[NDArray[np.int64], Floats]:
    """The order in which candidates are taken, and the cosine distance that each had when it was.

    Args:
        candidates, chosen: unit vectors, (n, D) and (m, D); with nothing chosen the one nearest to all
            others begins.
        most: stop after so many; all when left out.
    """
    n = len(candidates)
    steps = n if most is None else min(most, n)
    order, distances = np.empty(steps, dtype=np.int64), np.empty(steps)
    if not steps:
        return order, distances
    nearest = np.full(n, np.inf)
    if len(chosen):
        nearest = 1 - (candidates @ chosen.T).max(axis=1)
    for step in range(steps):
        begin = step == 0 and not len(chosen)
        taken = int((candidates @ candidates.mean(axis=0)).argmax()) if begin else int(nearest.argmax())
        order[step] = taken
        distances[step] = 1.0 if begin else nearest[taken]
        nearest = np.minimum(nearest, 1 - candidates @ candidates[taken])
        nearest[order[: step + 1]] = -np.inf
    return order, distances
