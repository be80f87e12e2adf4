"""What a stored turn's question type came to: who answered, and what the teacher was told about it."""

import numpy as np
from numpy.typing import NDArray

from .consequence import Codes, Floats, Outcome

UNSURE = 0.6  # of the feedback page: above this normalised entropy a type is not told


def outcome_of(*, weights: Floats, others: Floats, thresholds: Floats) -> Outcome:
    """A code for each turn: the route (machine or person) and the type on the feedback page (or none).

    Args:
        weights, others, thresholds: of each turn, (T,); the joint uncertainty is
            1 - others (1 - weight u), u being the normalised entropy of the type.
    """

    def outcome(numbers: NDArray[np.int64], probabilities: Floats) -> Codes:
        classes = probabilities.shape[-1]
        clipped = np.clip(probabilities, 1e-12, 1)
        doubt = -(clipped * np.log(clipped)).sum(axis=-1) / np.log(classes)
        joint = 1 - others[numbers] * (1 - weights[numbers] * doubt)
        by_person = joint >= thresholds[numbers]
        told = np.where(doubt <= UNSURE, probabilities.argmax(axis=-1), classes)
        return np.asarray(told + (classes + 1) * by_person, dtype=np.int64)

    return outcome
