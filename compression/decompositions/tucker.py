"""Tucker: a small core tensor, and one factor matrix a mode (Tucker, 1966)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from tensorly.decomposition import tucker
from torch import Tensor

from compression.decompositions.shape import MapShape
from compression.decompositions.tensor_map import TensorMap


class TuckerMap(TensorMap):
    """``core: ranks`` and ``factor_k: (mode_k, rank_k)``, with ``rank_k = min(rank, mode_k)``.

    The core holds ``prod(ranks)`` parameters and outgrows the factors quickly: counts that leave it out
    say little. ``parameter_count`` includes it; ``core_parameters`` tells how much of that it is.
    """

    name = "tucker"

    @classmethod
    def factor_shapes(cls, shape: MapShape, rank: int) -> dict[str, tuple[int, ...]]:
        ranks = tucker_ranks(shape.modes, rank)
        factors = {f"factor_{k}": size for k, size in enumerate(zip(shape.modes, ranks, strict=True))}
        return {"core": ranks, **factors}

    @classmethod
    def core_parameters(cls, shape: MapShape, rank: int) -> int:
        return prod(tucker_ranks(shape.modes, rank))

    @classmethod
    def summands(cls, shape: MapShape, rank: int) -> int:
        return cls.core_parameters(shape, rank)

    @classmethod
    def contract(cls, factors: Sequence[Tensor], split: int) -> tuple[Tensor, Tensor]:
        core, *matrices = factors
        left = reduce(torch.kron, matrices[:split])  # (prod(in_modes), prod(in ranks))
        right = reduce(torch.kron, matrices[split:]).T  # (prod(out ranks), prod(out_modes))
        inner = core.reshape(left.shape[1], right.shape[0])
        if left.shape[1] <= right.shape[0]:  # the core joins the half that keeps the bond small
            return left, inner @ right
        return left @ inner, right

    @classmethod
    def decompose(
        cls, tensor: NDArray[np.float64], shape: MapShape, rank: int, seed: int
    ) -> Mapping[str, NDArray[np.float64]]:
        ranks = list(tucker_ranks(shape.modes, rank))
        core, factors = tucker(tensor, ranks, n_iter_max=200, tol=1e-10, random_state=seed)
        return {"core": core, **{f"factor_{k}": factor for k, factor in enumerate(factors)}}


def tucker_ranks(modes: Sequence[int], rank: int) -> tuple[int, ...]:
    """One rank a mode; above the mode's own size it would add parameters and no freedom."""
    return tuple(min(rank, mode) for mode in modes)
