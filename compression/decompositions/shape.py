"""How a linear map of any size is read as a tensor: one group of input modes, one group of output modes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Self

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

# Exact modes may cost this much more than perfectly balanced ones before padding is preferred.
PADDING_THRESHOLD = 1.25


@dataclass(frozen=True)
class MapShape:
    """An ``in_features x out_features`` map seen as a tensor with modes ``in_modes + out_modes``.

    A group of modes may multiply to more than its side: the surplus rows or columns are cut off, so that a
    side that is prime can be decomposed too.

    Raises:
        ValueError: a size or a mode is below one, or the modes are too small for their side.
    """

    in_features: int
    out_features: int
    in_modes: tuple[int, ...]
    out_modes: tuple[int, ...]

    def __post_init__(self) -> None:
        for side, features, modes in (
            ("in", self.in_features, self.in_modes),
            ("out", self.out_features, self.out_modes),
        ):
            if features < 1:
                raise ValueError(f"{side}_features must be at least 1, got {features}.")
            if not modes or min(modes) < 1:
                raise ValueError(f"{side}_modes must be positive integers, got {modes}.")
            if prod(modes) < features:
                raise ValueError(
                    f"{side}_modes {modes} multiply to {prod(modes)}, less than "
                    f"{side}_features = {features}; choose larger modes."
                )

    @classmethod
    def automatic(cls, in_features: int, out_features: int, order: int = 2) -> Self:
        """Choose ``order`` modes for each side; 768 x 768 at order 2 becomes 24, 32, 24, 32."""
        return cls(
            in_features, out_features, choose_modes(in_features, order), choose_modes(out_features, order)
        )

    @property
    def modes(self) -> tuple[int, ...]:
        return self.in_modes + self.out_modes

    @property
    def dense_parameters(self) -> int:
        return self.in_features * self.out_features

    def tensorise(self, matrix: Tensor) -> NDArray[np.float64]:
        """Reshape an ``(in_features, out_features)`` matrix to the modes, zeros where they reach beyond it.

        Raises:
            ValueError: the matrix has another shape.
        """
        if matrix.shape != (self.in_features, self.out_features):
            raise ValueError(
                f"Expected a matrix of shape ({self.in_features}, {self.out_features}), "
                f"got {tuple(matrix.shape)}."
            )
        padded = np.zeros((prod(self.in_modes), prod(self.out_modes)))
        padded[: self.in_features, : self.out_features] = matrix.detach().double().cpu().numpy()
        return padded.reshape(self.modes)


@lru_cache(maxsize=1024)
def choose_modes(size: int, order: int) -> tuple[int, ...]:
    """``order`` ascending modes for a side of ``size`` features, with a sum that is small.

    Every decomposition's cost grows with the sum of its modes. An exact factorisation is kept unless it
    is clearly dearer than balanced modes, as for a prime size; then the modes multiply to slightly more.

    Raises:
        ValueError: ``size`` or ``order`` is below one.
    """
    if size < 1:
        raise ValueError(f"A side needs at least 1 feature, got {size}.")
    if order < 1:
        raise ValueError(f"order (modes a side) must be at least 1, got {order}.")
    exact = _cheapest_factorisation(size, order, smallest=1)
    balanced: float = order * size ** (1 / order)
    if exact is not None and sum(exact) <= PADDING_THRESHOLD * balanced:
        return exact
    return _balanced_cover(size, order)


def _cheapest_factorisation(size: int, order: int, smallest: int) -> tuple[int, ...] | None:
    """The ascending factors of ``size``, each at least ``smallest``, with the least sum, if any."""
    if order == 1:
        return (size,) if size >= smallest else None
    best: tuple[int, ...] | None = None
    for first in range(smallest, int(size ** (1 / order) + 1e-9) + 1):
        if size % first:
            continue
        rest = _cheapest_factorisation(size // first, order - 1, first)
        if rest is not None and (best is None or first + sum(rest) < sum(best)):
            best = (first, *rest)
    return best


def _balanced_cover(size: int, order: int) -> tuple[int, ...]:
    """Nearly equal modes whose product is at least ``size``; no mode can be lowered by one."""
    modes = [1]
    while modes[0] ** order < size:
        modes[0] += 1
    modes *= order
    for position in range(order):
        rest = prod(modes) // modes[position]
        if rest * (modes[position] - 1) >= size:
            modes[position] -= 1
    return tuple(sorted(modes))
