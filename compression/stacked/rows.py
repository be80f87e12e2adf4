"""The half factors of one batch, a row each, and how they act on what passes through a module."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import gelu

from compression.stacked.adapter import FrozenAdapter
from compression.stacked.cache import HalvesCache
from compression.stacked.layout import Slots, halves_size, left_of, place, right_of
from compression.stacked.parts import Role

Dropout = Callable[[Tensor, Tensor], Tensor]  # input (B, L, ...), probability a row (B, 1, 1) -> same shape


def plain_dropout(x: Tensor, p: Tensor) -> Tensor:
    """Inverted dropout with a probability of its own for every row."""
    return torch.where(torch.rand_like(x) >= p, x / (1 - p), 0)


class RowHalves:
    """The adapters of a batch, one a row or none, padded to the largest rank at every place.

    Not safe for several threads: every batch makes its own.
    """

    def __init__(
        self,
        adapters: Sequence[FrozenAdapter | None],
        *,
        readers: Sequence[tuple[str, ...]],
        cache: HalvesCache,
        like: Tensor,
        dropout: Dropout | None = None,
    ) -> None:
        present = [adapter for adapter in adapters if adapter is not None]
        halves = cache.halves(present, like)
        layouts = {id(adapter.layout): adapter.layout for adapter in present}
        self.count = len(adapters)
        if len(layouts) == 1 and len(present) == len(adapters):
            self.slots = present[0].layout.slots
            if len(halves) == 1:  # one adapter for all: no copy at all
                buffer = halves[present[0]].expand(self.count, -1)
            else:
                buffer = torch.stack([halves[adapter] for adapter in present])
        else:
            self.slots = _common_slots([layout.slots for layout in layouts.values()], readers)
            buffer = _padded(adapters, halves, self.slots, like)
        self._buffer = buffer
        self._readers = {module: group for group in readers for module in group}
        self._shared: dict[tuple[str, ...], tuple[Tensor, Tensor, dict[str, int]]] = {}
        self._dropout = dropout
        self._adapters = adapters
        self._rates: dict[tuple[str, Role], Tensor | None] = {}

    def beside(self, module: str, x: Tensor, output: Tensor, training: bool) -> Tensor:
        """``output + T x``, in place, T the row's own map; shapes ``(B, L, in)`` and ``(B, L, out)``."""
        slot = self.slots[module, "delta"]
        rates = self._rates_at((module, "delta"), training)
        if rates is not None:
            x = self._dropped(x, rates)
            thin = torch.bmm(left_of(self._buffer, slot), x.transpose(1, 2))  # (B, R, L)
        else:
            thin = self._thin(module, x)
        return output.baddbmm_(thin.transpose(1, 2), right_of(self._buffer, slot))

    def rows_beside(self, module: str, tokens: Tensor, output: Tensor, training: bool) -> Tensor:
        """As ``beside`` for an embedding: ``tokens`` (B, L) choose columns of the first half."""
        slot = self.slots[module, "delta"]
        left = left_of(self._buffer, slot)
        thin = left.gather(2, tokens[:, None].expand(-1, slot.rank, -1))  # (B, R, L)
        rates = self._rates_at((module, "delta"), training)
        if rates is not None:
            thin = self._dropped(thin, rates)
        return output.baddbmm_(thin.transpose(1, 2), right_of(self._buffer, slot))

    def behind(self, module: str, output: Tensor, training: bool) -> Tensor:
        """``output + up(gelu(down(output)))``, in place."""
        rates = self._rates_at((module, "down"), training)
        x = output if rates is None else self._dropped(output, rates)
        hidden = gelu(self._through(module, "down", x))
        return output.add_(self._through(module, "up", hidden))

    def _rates_at(self, key: tuple[str, Role], training: bool) -> Tensor | None:
        """The dropout rates (B, 1, 1) of the rows that are adapted there; None if nothing is dropped."""
        if not training and self._dropout is None:
            return None
        if key not in self._rates:
            rates = [
                adapter.dropout if adapter is not None and key in adapter.layout.slots else 0.0
                for adapter in self._adapters
            ]
            of_rows = torch.tensor(rates, device=self._buffer.device)[:, None, None]
            self._rates[key] = of_rows if any(rates) else None
        return self._rates[key]

    def _dropped(self, x: Tensor, rates: Tensor) -> Tensor:
        return (self._dropout or plain_dropout)(x, rates)

    def _through(self, module: str, role: Role, x: Tensor) -> Tensor:
        slot = self.slots[module, role]
        thin = torch.bmm(left_of(self._buffer, slot), x.transpose(1, 2))
        return torch.bmm(thin.transpose(1, 2), right_of(self._buffer, slot))

    def _thin(self, module: str, x: Tensor) -> Tensor:
        """``(B, R, L)``: one product for all modules that read ``x``, kept until the last of them asked."""
        group = self._readers.get(module, (module,))
        kept = self._shared.get(group)
        if kept is None or kept[0] is not x:
            members = [name for name in group if (name, "delta") in self.slots]
            first = self.slots[members[0], "delta"]
            starts, total = {}, 0
            for name in members:
                starts[name] = total
                total += self.slots[name, "delta"].rank
            stop = first.left + total * first.inputs
            left = self._buffer[:, first.left : stop].view(-1, total, first.inputs)
            kept = (x, torch.bmm(left, x.transpose(1, 2)), starts)
            self._shared[group] = kept
        start = kept[2][module]
        if module == next(reversed(kept[2])):
            del self._shared[group]
        return kept[1][:, start : start + self.slots[module, "delta"].rank]


def _common_slots(every: Sequence[Slots], readers: Sequence[tuple[str, ...]]) -> Slots:
    """Slots that have room for each of several layouts."""
    ranks: dict[tuple[str, Role], int] = {}
    sides: dict[tuple[str, Role], tuple[int, int]] = {}
    for slots in every:
        for key, slot in slots.items():
            inputs, outputs = sides.get(key, (0, 0))
            ranks[key] = max(ranks.get(key, 0), slot.rank)
            sides[key] = max(inputs, slot.inputs), max(outputs, slot.outputs)
    return place(ranks, sides, readers)


def _padded(
    adapters: Sequence[FrozenAdapter | None],
    halves: dict[FrozenAdapter, Tensor],
    slots: Slots,
    like: Tensor,
) -> Tensor:
    """Halves in common slots, zero where an adapter has none: zero rank adds nothing, and gelu(0) is 0."""
    buffer = like.new_zeros(len(adapters), halves_size(slots))
    for adapter, row in zip(adapters, buffer, strict=True):
        if adapter is None:
            continue
        source = halves[adapter][None]
        for key, own in adapter.layout.slots.items():
            common = slots[key]
            left_of(row[None], common)[:, : own.rank, : own.inputs] = left_of(source, own)
            right_of(row[None], common)[:, : own.rank, : own.outputs] = right_of(source, own)
    return buffer
