"""The half factors of a batch's rows beside each other, a stretch of them at a time.

A stretch is gathered when the first of its modules is reached, and let go with the next: what was copied is
then still in the processor's cache when it is multiplied, and a large batch does not need all at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from compression.stacked.adapter import FrozenAdapter
from compression.stacked.cache import HalvesCache
from compression.stacked.places import Key, Places, left_of, right_of

STRETCH_BYTES = 1 << 20


class GatheredHalves:
    """Halves ``(B, ...)`` of the rows' adapters, zero where a row has none.

    Args:
        adapters: one a row or None.
        cache: holds their halves.
        readers, biases: as for ``Layout``.
        like: for the type and the device.
    """

    def __init__(
        self,
        adapters: Sequence[FrozenAdapter | None],
        *,
        cache: HalvesCache,
        readers: Sequence[tuple[str, ...]],
        biases: Mapping[str, Tensor],
        like: Tensor,
    ) -> None:
        self._adapters, self._biases, self._like = adapters, biases, like
        present = tuple(adapter for adapter in adapters if adapter is not None)
        every = list({id(adapter.layout): adapter.layout.places for adapter in present}.values())
        self._alike = len(every) == 1 and len(present) == len(adapters)
        self.places = every[0] if self._alike else _common(every, readers, biases)
        whole = self._whole(present, cache) if self._alike else None
        self._stretch = like.new_empty(len(adapters), 0) if whole is None else whole
        self._start, self._stop = 0, self._stretch.shape[1]
        self._halves = cache.halves(present, like) if whole is None else {}
        self._most = STRETCH_BYTES // (like.element_size() * max(1, len(adapters)))

    def _whole(self, rows: tuple[FrozenAdapter, ...], cache: HalvesCache) -> Tensor | None:
        """All halves, where nothing need be copied: one adapter for all rows, or a batch seen before."""
        if len(set(rows)) == 1:
            return cache.halves(rows[:1], self._like)[rows[0]].expand(len(rows), -1)
        return cache.stacked(rows, self._like)

    def at(self, position: int) -> tuple[Tensor, int]:
        """The stretch ``(B, ...)`` that holds ``position``, and the position at which it begins."""
        if not self._start <= position < self._stop:
            self._gather(position)
        return self._stretch, self._start

    def _gather(self, position: int) -> None:
        ends = self.places.ends
        block = bisect_right(ends, position)
        self._start = ends[block - 1] if block else 0
        while block + 1 < len(ends) and ends[block + 1] - self._start <= self._most:
            block += 1
        self._stop = ends[block]
        self._stretch = self._stacked() if self._alike else self._padded()

    def _stacked(self) -> Tensor:
        rows = [self._halves[adapter] for adapter in self._adapters if adapter is not None]
        return torch.stack([row[self._start : self._stop] for row in rows])

    def _padded(self) -> Tensor:
        """Zero rank adds nothing, and gelu(0) is 0."""
        stretch = self._like.new_zeros(len(self._adapters), self._stop - self._start)
        for key, common in self.places.slots.items():
            if not self._start <= common.left < self._stop:
                continue
            left, right = left_of(stretch, common, self._start), right_of(stretch, common, self._start)
            if common.constant:
                right[:, -1] = self._biases[key[0]]
            for row, adapter in enumerate(self._adapters):
                slot = None if adapter is None else adapter.layout.places.slots.get(key)
                if adapter is not None and slot is not None:
                    source = self._halves[adapter][None]
                    left[row, : slot.own, : slot.inputs] = left_of(source, slot)[0, : slot.own]
                    right[row, : slot.own, : slot.outputs] = right_of(source, slot)[0, : slot.own]
        return stretch


def _common(
    every: Sequence[Places], readers: Sequence[tuple[str, ...]], biases: Mapping[str, Tensor]
) -> Places:
    """Places that have room for each of several layouts."""
    ranks: dict[Key, int] = {}
    sides: dict[Key, tuple[int, int]] = {}
    for places in every:
        for key, slot in places.slots.items():
            inputs, outputs = sides.get(key, (0, 0))
            ranks[key] = max(ranks.get(key, 0), slot.own)
            sides[key] = max(inputs, slot.inputs), max(outputs, slot.outputs)
    return Places(ranks, sides, readers, biases.keys())
