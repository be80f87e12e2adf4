"""What the decompositions have in common: a linear map kept as a few small factors.

Input modes come before output modes, so every decomposition splits into two *half factors*,

    M = left @ right,    left: (in_features, bond),  right: (bond, out_features),

and ``x @ M`` needs no dense matrix. The half factors are also what a server keeps for a loaded adapter.
Source of the parameterisations: D. Datta, dissertation, University of Virginia, 2023, chapter 4.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from math import prod
from typing import ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from compression.decompositions.shape import MapShape


class TensorMap(nn.Module, ABC):
    """A linear map ``(..., in_features) -> (..., out_features)`` whose matrix exists only as factors.

    A new map is exactly zero: the last factor starts at zero, the others at random.

    Args:
        shape: sizes and modes of the map.
        rank: size of the inner indices, at least 1.

    Raises:
        ValueError: ``rank`` is not a positive integer.
    """

    name: ClassVar[str]

    def __init__(self, shape: MapShape, rank: int) -> None:
        super().__init__()
        if isinstance(rank, bool) or not isinstance(rank, int) or rank < 1:
            raise ValueError(f"rank must be a positive integer, got {rank!r}.")
        self.shape = shape
        self.rank = rank
        for name, size in self.factor_shapes(shape, rank).items():
            self.register_parameter(name, nn.Parameter(torch.empty(size)))
        self.reset_parameters()

    @classmethod
    @abstractmethod
    def factor_shapes(cls, shape: MapShape, rank: int) -> dict[str, tuple[int, ...]]:
        """Name and size of every factor; the one for the last output mode comes last."""

    @classmethod
    @abstractmethod
    def summands(cls, shape: MapShape, rank: int) -> int:
        """How many products of factor entries add up to one entry of the dense matrix."""

    @classmethod
    @abstractmethod
    def contract(cls, factors: Sequence[Tensor], split: int) -> tuple[Tensor, Tensor]:
        """The half factors over all modes, ``(prod(in_modes), bond)`` and ``(bond, prod(out_modes))``.

        ``factors`` are those of ``factor_shapes`` in order, the first ``split`` modes being input modes.
        """

    @classmethod
    @abstractmethod
    def decompose(
        cls, tensor: NDArray[np.float64], shape: MapShape, rank: int, seed: int
    ) -> Mapping[str, NDArray[np.float64]]:
        """Approximate a tensor with modes ``shape.modes`` by factors of ``factor_shapes``."""

    @classmethod
    def parameter_count(cls, shape: MapShape, rank: int) -> int:
        return sum(prod(size) for size in cls.factor_shapes(shape, rank).values())

    @classmethod
    def from_dense(cls, matrix: Tensor, shape: MapShape, rank: int, seed: int = 0) -> Self:
        """Approximate a dense ``(in_features, out_features)`` matrix in the least-squares sense (TensorLy).

        Raises:
            ValueError: the matrix does not have ``shape``, or ``rank`` is not a positive integer.
        """
        factors = cls(shape, rank)
        for name, array in cls.decompose(shape.tensorise(matrix), shape, rank, seed).items():
            factors.get_parameter(name).data.copy_(torch.from_numpy(np.ascontiguousarray(array)))
        return factors.to(device=matrix.device, dtype=matrix.dtype)

    @torch.no_grad()
    def reset_parameters(self, zero: bool = True) -> None:
        """Draw the factors anew; ``zero=False`` leaves the last one random as well.

        Without the zero, an entry of the dense matrix has variance 1 / (3 in_features), that of a fresh
        ``nn.Linear``: n factors of variance v and s summands give s v^n.
        """
        factors = list(self.parameters())
        target = 1 / (3 * self.shape.in_features)
        variance = (target / self.summands(self.shape, self.rank)) ** (1 / len(factors))
        for factor in factors:
            factor.normal_(std=variance**0.5)
        if zero:
            factors[-1].zero_()

    def halves(self) -> tuple[Tensor, Tensor]:
        """Half factors ``(in_features, bond)`` and ``(bond, out_features)``; their product is the matrix."""
        left, right = self.contract(list(self.parameters()), len(self.shape.in_modes))
        return left[: self.shape.in_features], right[:, : self.shape.out_features]

    def dense(self) -> Tensor:
        """The matrix itself, ``(in_features, out_features)``."""
        left, right = self.halves()
        return left @ right

    def forward(self, x: Tensor) -> Tensor:
        left, right = self.halves()  # contracted once, whatever the number of rows
        rows = x.numel() // x.shape[-1] if x.numel() else 0
        if halves_are_cheaper(rows=rows, shape=self.shape, bond=left.shape[1]):
            return (x @ left) @ right  # (..., in) -> (..., bond) -> (..., out)
        return x @ (left @ right)

    def extra_repr(self) -> str:
        return f"{self.shape.in_modes} -> {self.shape.out_modes}, rank={self.rank}"


def halves_are_cheaper(*, rows: int, shape: MapShape, bond: int) -> bool:
    """Whether, for ``rows`` rows, two thin products multiply less than building the dense matrix does."""
    thin = rows * bond * (shape.in_features + shape.out_features)
    dense = shape.dense_parameters * (bond + rows)
    return thin <= dense
