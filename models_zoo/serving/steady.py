"""Linear maps whose answer about a row does not depend on the rows beside it, to the last bit.

Many rows at once cost far less than the same rows in several calls: the weights come from memory once. But a
matrix kernel may add a row up in another order when there are more rows, and an utterance would then be read
a little differently in other company. Where that happens is a matter of kernel, shape and processor, so it is
tried out once a process: see :func:`steady_from`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from models_zoo.precision import packs

MOST_ROWS = 256  # of one call
FEWEST = (1, 16, 32, 48, 64)
COMPANIES = (
    *(1, 2, 3, 5, 8, 11, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 49, 63, 64, 65, 79, 80, 96, 100, 112),
    *(127, 128, 129, 144, 160, 176, 191, 192, 193, 208, 224, 240, 255, 256),
)
_known: dict[tuple[object, ...], int | None] = {}


class SteadyLinear:
    """Maps side by side as one, weights laid out once for the kernels where those can be had.

    Args:
        activation: what follows, in the same kernel: ``none``, ``gelu`` or ``relu``.
        adds: the output is a sum with something else, in the same kernel.
    """

    def __init__(
        self, layers: Sequence[nn.Linear], dtype: torch.dtype, activation: str = "none", *, adds: bool = False
    ) -> None:
        weight = torch.cat([layer.weight.detach() for layer in layers]).to(dtype)
        self._bias = torch.cat([layer.bias.detach() for layer in layers]).to(dtype)
        self._activation = activation
        self._packed = weight.device.type == "cpu" and packs(dtype)
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight) if self._packed else weight
        self._fewest = self._tried(weight.shape, adds)

    def __call__(self, x: Tensor, sizes: Sequence[int], plus: Tensor | None = None) -> Tensor:
        """``act(W x + b)``, or ``W x + b + plus``, of utterances of so many rows: (R, I) -> (R, J)."""
        if self._fewest is not None:
            whole, rest = divmod(len(x), MOST_ROWS)
            sizes = [MOST_ROWS] * whole + [rest] * bool(rest)
        if len(sizes) == 1:
            return self._alone(x, plus)
        added = [None] * len(sizes) if plus is None else torch.split(plus, list(sizes))
        rows = torch.split(x, list(sizes))
        return torch.cat([self._alone(row, more) for row, more in zip(rows, added, strict=True)])

    def _alone(self, x: Tensor, plus: Tensor | None) -> Tensor:
        """One call, with rows of zeros where there are too few."""
        missing = (self._fewest or 0) - len(x)
        if missing <= 0:
            return self._apply(x, plus)
        more = None if plus is None else functional.pad(plus, (0, 0, 0, missing))
        return self._apply(functional.pad(x, (0, 0, 0, missing)), more)[: len(x)]

    def _apply(self, x: Tensor, plus: Tensor | None) -> Tensor:
        if not self._packed:
            output = functional.linear(x, self._weight, self._bias)
            if plus is not None:
                return output + plus
            return output if self._activation == "none" else _activated(output, self._activation)
        fused = torch.ops.mkldnn._linear_pointwise
        found: Tensor
        if plus is not None:
            found = fused.binary(x, plus, self._weight, self._bias, "add")
        else:
            found = fused(x, self._weight, self._bias, self._activation, [], "none")
        return found

    def _tried(self, shape: Sequence[int], adds: bool) -> int | None:
        """What maps of this shape need here; threads share the rows out, so their number counts."""
        outputs, inputs = shape
        dtype = self._bias.dtype
        key = (inputs, outputs, dtype, self._activation, adds, self._packed, torch.get_num_threads())
        if key not in _known:
            rows = torch.randn(MOST_ROWS, inputs, generator=torch.Generator().manual_seed(0)).to(dtype)
            plus = torch.ones(MOST_ROWS, outputs, dtype=dtype) if adds else None
            _known[key] = steady_from(
                lambda x: self._apply(x, plus if plus is None else plus[: len(x)]), rows
            )
        return _known[key]


@torch.inference_mode()
def steady_from(apply: Callable[[Tensor], Tensor], rows: Tensor) -> int | None:
    """The fewest rows from which on ``apply`` says of a row what it says of it among all ``rows``.

    Companies of many sizes are taken from two places each and compared bit by bit. None: there is no such
    number among ``FEWEST``.
    """
    expected = apply(rows)
    unsteady = [
        count
        for count in COMPANIES
        for start in ((len(rows) - count) // 3, len(rows) - count)
        if not torch.equal(apply(rows[start : start + count]), expected[start : start + count])
    ]
    return next((fewest for fewest in FEWEST if fewest > max(unsteady, default=0)), None)


def _activated(x: Tensor, name: str) -> Tensor:
    return functional.gelu(x) if name == "gelu" else functional.relu(x)
