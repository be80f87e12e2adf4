"""What T passes with dropout say about the doubt in a categorical answer.

For class probabilities ``p_t`` of passes t = 1..T and their mean ``m``:

    predictive entropy    H[m]                                     Gal & Ghahramani 2016
    expected entropy      mean_t H[p_t]
    mutual information    H[m] - mean_t H[p_t]                     Houlsby et al. 2011 (BALD), eq. 2
    variation ratio       share of passes that vote against the    Freeman 1965
                          answer, argmax m: something else is likelier
    max probability       max m: the confidence in the answer
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models_zoo.types import Uncertainty


@dataclass(frozen=True, slots=True)
class Measures:
    """Five tensors of one shape; entropies in nats, the others between 0 and 1."""

    predictive_entropy: Tensor
    expected_entropy: Tensor
    mutual_information: Tensor
    variation_ratio: Tensor
    max_probability: Tensor

    def at(self, *index: int) -> Uncertainty:
        """The plain values at one position."""
        return Uncertainty(
            predictive_entropy=float(self.predictive_entropy[index]),
            expected_entropy=float(self.expected_entropy[index]),
            mutual_information=float(self.mutual_information[index]),
            variation_ratio=float(self.variation_ratio[index]),
            max_probability=float(self.max_probability[index]),
        )


def entropy(probabilities: Tensor) -> Tensor:
    """Shannon entropy in nats over the last dimension; ``0 log 0`` is 0.

    Shapes:
        ``(..., C)`` -> ``(...)``
    """
    least = torch.finfo(probabilities.dtype).tiny  # 0 times its logarithm is 0; `xlogy` takes thrice as long
    return -(probabilities * probabilities.clamp_min(least).log()).sum(-1)


def measures_of(passes: Tensor) -> Measures:
    """The measures of ``T`` passes, taken in double precision because one is a small difference.

    Shapes:
        ``(T, ..., C)`` -> five of ``(...)``
    """
    passes = passes.double()
    mean = passes.mean(0)
    highest, answer = mean.max(-1)
    predictive = entropy(mean)
    expected = entropy(passes).mean(0)
    for_it = passes.gather(-1, answer[None, ..., None].expand(len(passes), *answer.shape, 1))
    against = passes.amax(-1) > for_it[..., 0]  # (T, ...)
    return Measures(
        predictive_entropy=predictive,
        expected_entropy=expected,
        # Jensen's inequality keeps it at or above zero; rounding may not.
        mutual_information=(predictive - expected).clamp_min(0),
        variation_ratio=against.double().mean(0),
        max_probability=highest,
    )
