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
from compression.stacked.places import Key, Maps, Places, left_of, right_of

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
        self._one: Tensor | None = None  # halves of the one adapter that all rows have
        self._maps: Mapping[Key, Maps] = {}  # of the blocks that were reached last
        if self._alike and len(set(present)) == 1:
            self._one = cache.halves(present[:1], like)[present[0]].expand(len(present), -1)
        elif self._alike:
            self._maps = cache.stacked(present, like) or {}
        self._halves = {} if self._maps or self._one is not None else cache.halves(present, like)
        self._most = STRETCH_BYTES // (like.element_size() * max(1, len(adapters)))

    def at(self, key: Key) -> Maps:
        """What the rows have at ``key``."""
        if key not in self._maps:
            self._maps = self._reached(bisect_right(self.places.ends, self.places.slots[key].left))
        return self._maps[key]

    def _reached(self, block: int) -> dict[Key, Maps]:
        """The maps of a block, and of the blocks behind it that are gathered with it."""
        if self._one is not None:
            return self.places.maps(block, self._one)
        ends, last = self.places.ends, block
        start = ends[block - 1] if block else 0
        while last + 1 < len(ends) and ends[last + 1] - start <= self._most:
            last += 1
        stretch = self._stacked(start, ends[last]) if self._alike else self._padded(start, ends[last])
        reached: dict[Key, Maps] = {}
        for each in range(block, last + 1):
            reached |= self.places.maps(each, stretch, start)
        return reached

    def _stacked(self, start: int, stop: int) -> Tensor:
        rows = [self._halves[adapter] for adapter in self._adapters if adapter is not None]
        return torch.stack([row[start:stop] for row in rows])

    def _padded(self, start: int, stop: int) -> Tensor:
        """Zero rank adds nothing, and gelu(0) is 0."""
        stretch = self._like.new_zeros(len(self._adapters), stop - start)
        for key, common in self.places.slots.items():
            if not start <= common.left < stop:
                continue
            left, right = left_of(stretch, common, start), right_of(stretch, common, start)
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
