"""Tensor train: a chain of cores, neighbours joined by a sum over their bond (Oseledets, 2011)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray
from tensorly.decomposition import tensor_train
from torch import Tensor

from compression.decompositions.shape import MapShape
from compression.decompositions.tensor_map import TensorMap


class TensorTrainMap(TensorMap):
    """Cores ``core_k: (bond_k, mode_k, bond_k+1)``; both ends have bond 1.

    A bond never exceeds the number of entries on either side of it: beyond that, ``rank`` would add
    parameters and no freedom.
    """

    name = "tensor_train"

    @classmethod
    def factor_shapes(cls, shape: MapShape, rank: int) -> dict[str, tuple[int, ...]]:
        bonds = train_bonds(shape.modes, rank)
        return {
            f"core_{k}": (before, mode, after)
            for k, (mode, (before, after)) in enumerate(zip(shape.modes, pairwise(bonds), strict=True))
        }

    @classmethod
    def summands(cls, shape: MapShape, rank: int) -> int:
        return prod(train_bonds(shape.modes, rank))

    @classmethod
    def contract(cls, factors: Sequence[Tensor], split: int) -> tuple[Tensor, Tensor]:
        return contract_chain(factors[:split])[0], contract_chain(factors[split:])[..., 0]

    @classmethod
    def decompose(
        cls, tensor: NDArray[np.float64], shape: MapShape, rank: int, seed: int
    ) -> Mapping[str, NDArray[np.float64]]:
        cores = tensor_train(tensor, rank=list(train_bonds(shape.modes, rank)))
        return {f"core_{k}": core for k, core in enumerate(cores)}


def train_bonds(modes: Sequence[int], rank: int) -> tuple[int, ...]:
    """The ``len(modes) + 1`` bonds of a train of the given rank, ends included."""
    return tuple(min(rank, prod(modes[:k]), prod(modes[k:])) for k in range(len(modes) + 1))


def contract_chain(cores: Sequence[Tensor]) -> Tensor:
    """Join cores ``(bond_k, mode_k, bond_k+1)`` to one: ``(first bond, prod(modes), last bond)``."""
    chain = cores[0]
    for core in cores[1:]:
        chain = torch.tensordot(chain, core, dims=1).flatten(1, 2)
    return chain
