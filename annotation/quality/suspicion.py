"""Labels that look wrong: those that the model contradicts with good reason, found by cleanlab.

Confident learning (Northcutt et al. 2021) needs probabilities from a model that has not learned the label in
question. The suggestion that lay beside the item when it was labelled is such a one: it was made before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEAST_LABELS = 40


@dataclass(frozen=True, slots=True)
class Judged:
    """A person's label, as the number of a class, and the probabilities that the model had before."""

    annotation: int
    label: int
    probabilities: tuple[float, ...]


def suspicious(judged: Sequence[Judged], *, most: int = 50) -> list[tuple[int, float]]:
    """Annotation and label quality (0 to 1) of labels that are likely wrong, the worst first."""
    labels = np.array([each.label for each in judged])
    if len(judged) < LEAST_LABELS or len(set(labels.tolist())) < 2:
        return []
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    probabilities = np.clip(np.array([each.probabilities for each in judged]), 1e-6, None)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    used = np.unique(labels)  # cleanlab wants every class to have a label
    lessened = probabilities[:, used] / probabilities[:, used].sum(axis=1, keepdims=True)
    numbers = np.searchsorted(used, labels)
    issues = find_label_issues(numbers, lessened, filter_by="prune_by_noise_rate", n_jobs=1)
    quality = get_label_quality_scores(numbers, lessened)
    found = [(judged[row].annotation, float(quality[row])) for row in np.flatnonzero(issues)]
    return sorted(found, key=lambda each: each[1])[:most]
