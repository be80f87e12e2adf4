"""Entropies of a categorical answer drawn several times with dropout.

For class probabilities ``p_t`` of passes t = 1..T and their mean ``m``:

    predictive entropy    H[m]                     Gal & Ghahramani 2016
    expected entropy      mean_t H[p_t]
    mutual information    H[m] - mean_t H[p_t]     Houlsby et al. 2011 (BALD), eq. 2
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models_zoo.types import Uncertainty


@dataclass(frozen=True, slots=True)
class Measures:
    """Three tensors of one shape, in nats."""

    predictive_entropy: Tensor
    expected_entropy: Tensor
    mutual_information: Tensor

    def at(self, *index: int) -> Uncertainty:
        """The plain values at one position."""
        return Uncertainty(
            float(self.predictive_entropy[index]),
            float(self.expected_entropy[index]),
            float(self.mutual_information[index]),
        )


def entropy(probabilities: Tensor) -> Tensor:
    """Shannon entropy in nats over the last dimension; ``0 log 0`` is 0.

    Shapes:
        ``(..., C)`` -> ``(...)``
    """
    return -torch.xlogy(probabilities, probabilities).sum(-1)


def measures_of(passes: Tensor) -> Measures:
    """The measures of ``T`` passes, taken in double precision because the last one is a small difference.

    Shapes:
        ``(T, ..., C)`` -> three of ``(...)``
    """
    passes = passes.double()
    predictive = entropy(passes.mean(0))
    expected = entropy(passes).mean(0)
    # Jensen's inequality keeps it at or above zero; rounding may not.
    return Measures(predictive, expected, (predictive - expected).clamp_min(0))
