"""Tensor ring: a tensor train whose two ends are joined by a trace (Zhao et al., arXiv:1606.05535)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from tensorly.decomposition import tensor_ring_als
from torch import Tensor

from compression.decompositions.shape import MapShape
from compression.decompositions.tensor_map import TensorMap
from compression.decompositions.tensor_train import contract_chain


class TensorRingMap(TensorMap):
    """Cores ``core_k: (rank, mode_k, rank)``; ``rank^2 * sum(modes)`` parameters, bond ``rank^2``."""

    name = "tensor_ring"

    @classmethod
    def factor_shapes(cls, shape: MapShape, rank: int) -> dict[str, tuple[int, ...]]:
        return {f"core_{k}": (rank, mode, rank) for k, mode in enumerate(shape.modes)}

    @classmethod
    def summands(cls, shape: MapShape, rank: int) -> int:
        result: int = rank ** len(shape.modes)
        return result

    @classmethod
    def contract(cls, factors: Sequence[Tensor], split: int) -> tuple[Tensor, Tensor]:
        left = contract_chain(factors[:split])  # (a, in, m)
        right = contract_chain(factors[split:])  # (m, out, a): the trace sums over a, the chain over m
        return left.transpose(0, 1).flatten(1), right.permute(2, 0, 1).flatten(0, 1)

    @classmethod
    def decompose(
        cls, tensor: NDArray[np.float64], shape: MapShape, rank: int, seed: int
    ) -> Mapping[str, NDArray[np.float64]]:
        # Alternating least squares, since the SVD form cannot reach a rank above sqrt(first mode).
        cores = tensor_ring_als(tensor, rank, n_iter_max=100, tol=1e-8, random_state=seed)
        return {f"core_{k}": core for k, core in enumerate(cores)}
