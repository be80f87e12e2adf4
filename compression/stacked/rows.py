"""How the adapters of a batch's rows act on what passes through a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import gelu

from compression.stacked.adapter import FrozenAdapter
from compression.stacked.cache import HalvesCache
from compression.stacked.gathered import GatheredHalves
from compression.stacked.places import Key

Dropout = Callable[[Tensor, Tensor], Tensor]  # input (B, L, ...), probability a row (B, 1, 1) -> same shape


def plain_dropout(x: Tensor, p: Tensor) -> Tensor:
    """Inverted dropout with a probability of its own for every row."""
    return torch.where(torch.rand_like(x) >= p, x / (1 - p), 0)


class Rows:
    """The adapters of one batch, one a row or none. Not safe for several threads: every batch makes its own.

    Shapes: ``x`` (B, L, in), ``output`` (B, L, out), changed in place.
    """

    def __init__(
        self,
        adapters: Sequence[FrozenAdapter | None],
        *,
        readers: Sequence[tuple[str, ...]],
        biases: Mapping[str, Tensor],
        cache: HalvesCache,
        like: Tensor,
        dropout: Dropout | None = None,
    ) -> None:
        self.count = len(adapters)
        self._halves = GatheredHalves(adapters, cache=cache, readers=readers, biases=biases, like=like)
        self.slots, self._readings = self._halves.places.slots, self._halves.places.readings
        self._read: tuple[str, Tensor, Tensor] | None = None  # who read, what, and what came of it
        self._dropout = dropout
        self._adapters = adapters
        self._rates: dict[Key, Tensor | None] = {}

    def beside(self, module: str, x: Tensor, output: Tensor, training: bool) -> Tensor:
        """``output + T x``, T the row's own map; plus the bias, if the place has a constant."""
        key: Key = (module, "delta")
        slot = self.slots[key]
        rates = self._rates_at(key, training)
        together, left, right = self._halves.at(key)
        if rates is None:
            thin = self._thin(module, x, together)
        else:
            thin = torch.bmm(left, self._dropped(x, rates).transpose(1, 2))
        if slot.constant:
            thin[:, -1].fill_(1)
        return output.baddbmm_(thin.transpose(1, 2), right)

    def rows_beside(self, module: str, tokens: Tensor, output: Tensor, training: bool) -> Tensor:
        """As ``beside`` for an embedding: ``tokens`` (B, L) choose columns of the first half."""
        key: Key = (module, "delta")
        _, left, right = self._halves.at(key)
        thin = left.gather(2, tokens[:, None].expand(-1, left.shape[1], -1))  # (B, R, L)
        rates = self._rates_at(key, training)
        if rates is not None:
            thin = self._dropped(thin, rates)
        return output.baddbmm_(thin.transpose(1, 2), right)

    def behind(self, module: str, output: Tensor, training: bool) -> Tensor:
        """``output + up(gelu(down(output)))``."""
        rates = self._rates_at((module, "down"), training)
        x = output if rates is None else self._dropped(output, rates)
        hidden = gelu(self._through((module, "down"), x))
        return output.add_(self._through((module, "up"), hidden))

    def _through(self, key: Key, x: Tensor) -> Tensor:
        _, left, right = self._halves.at(key)
        return torch.bmm(torch.bmm(left, x.transpose(1, 2)).transpose(1, 2), right)

    def _thin(self, module: str, x: Tensor, together: Tensor) -> Tensor:
        """``(B, R, L)``: one product for all modules that read ``x``, kept until the last of them asked."""
        reading = self._readings[module]
        if self._read is None or self._read[0] != reading.group or self._read[1] is not x:
            self._read = (reading.group, x, torch.bmm(together, x.transpose(1, 2)))
        product = self._read[2]
        if reading.last:
            self._read = None
        return product[:, reading.first : reading.first + self.slots[module, "delta"].rank]

    def _rates_at(self, key: Key, training: bool) -> Tensor | None:
        """The dropout rates (B, 1, 1) of the rows that are adapted there; None if nothing is dropped."""
        if not training and self._dropout is None:
            return None
        if key not in self._rates:
            rates = [
                adapter.dropout if adapter is not None and key in adapter.layout.places.slots else 0.0
                for adapter in self._adapters
            ]
            device = self._halves.at(key).left.device
            self._rates[key] = torch.tensor(rates, device=device)[:, None, None] if any(rates) else None
        return self._rates[key]

    def _dropped(self, x: Tensor, rates: Tensor) -> Tensor:
        return (self._dropout or plain_dropout)(x, rates)
