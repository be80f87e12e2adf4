"""CP: the tensor is a sum of ``rank`` outer products of one vector a mode (Hitchcock, 1927)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from tensorly.decomposition import parafac
from torch import Tensor

from compression.decompositions.shape import MapShape
from compression.decompositions.tensor_map import TensorMap


class CPMap(TensorMap):
    """Factors ``factor_k: (mode_k, rank)``; ``rank * sum(modes)`` parameters, bond ``rank``."""

    name = "cp"

    @classmethod
    def factor_shapes(cls, shape: MapShape, rank: int) -> dict[str, tuple[int, ...]]:
        return {f"factor_{k}": (mode, rank) for k, mode in enumerate(shape.modes)}

    @classmethod
    def summands(cls, shape: MapShape, rank: int) -> int:
        return rank

    @classmethod
    def contract(cls, factors: Sequence[Tensor], split: int) -> tuple[Tensor, Tensor]:
        return khatri_rao(factors[:split]), khatri_rao(factors[split:]).T

    @classmethod
    def decompose(
        cls, tensor: NDArray[np.float64], shape: MapShape, rank: int, seed: int
    ) -> Mapping[str, NDArray[np.float64]]:
        # A rank above the smallest mode leaves no singular vectors to start from: begin at random then.
        start = "svd" if rank <= min(shape.modes) else "random"
        weights, factors = parafac(tensor, rank, n_iter_max=500, tol=1e-10, init=start, random_state=seed)
        factors[0] = factors[0] * weights
        return {f"factor_{k}": factor for k, factor in enumerate(factors)}


def khatri_rao(factors: Sequence[Tensor]) -> Tensor:
    """Column-wise Kronecker product of ``(mode_k, rank)`` factors: ``(prod(modes), rank)``."""
    product = factors[0]
    for factor in factors[1:]:
        product = (product[:, None] * factor[None]).flatten(0, 1)
    return product
