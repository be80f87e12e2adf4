"""Half factors of the adapters in use: contracted once, not in every call, within a bound of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor

from compression.stacked.adapter import FrozenAdapter
from compression.stacked.places import Key, Maps, Places

DEFAULT_BYTES = 16 << 20
REMEMBERED = 64  # batches; one that comes again is worth keeping

Rows = tuple[FrozenAdapter, ...]
Owner = TypeVar("Owner")
Held = TypeVar("Held", "Tensor", "_Batch")


class HalvesCache:
    """Keeps the half factors of the adapters, and of the batches, that were used last.

    Safe for several threads; what it gives out is never changed.

    Args:
        max_bytes: what is kept: half of it for adapters, half for batches. A batch that needs more still gets
            its halves, which are then not all kept.
    """

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._adapters: _Kept[FrozenAdapter, Tensor] = _Kept(max_bytes // 2)
        self._batches: _Kept[Rows, _Batch] = _Kept(max_bytes // 2)
        self._seen: OrderedDict[Rows, None] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        return self._adapters.size_bytes + self._batches.size_bytes

    def halves(self, adapters: Iterable[FrozenAdapter], like: Tensor) -> dict[FrozenAdapter, Tensor]:
        """Adapter -> its halves ``(layout.places.size,)``, of the type and on the device of ``like``.

        The missing ones are contracted together.
        """
        wanted = list(dict.fromkeys(adapters))
        with self._lock:
            looked_up = {adapter: self._adapters.look_up(adapter, like) for adapter in wanted}
        found = {adapter: kept for adapter, kept in looked_up.items() if kept is not None}
        missing = [adapter for adapter in wanted if adapter not in found]
        if missing:
            fresh = contract_all(missing, like)
            found |= fresh
            with self._lock:
                for adapter, halves in fresh.items():
                    self._adapters.keep(adapter, halves)
        return found

    def stacked(self, rows: Rows, like: Tensor) -> Mapping[Key, Maps] | None:
        """All maps of adapters with one layout, once the same batch was asked for before."""
        with self._lock:
            kept = self._batches.look_up(rows, like)
            again = rows in self._seen
            self._seen[rows] = None
            self._seen.move_to_end(rows)
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
        size_bytes = len(rows) * rows[0].layout.places.size * like.element_size()
        if kept is not None:
            return kept.maps
        if not again or size_bytes > self._batches.max_bytes:
            return None
        halves = self.halves(rows, like)
        batch = _Batch.of([halves[adapter] for adapter in rows], rows[0].layout.places)
        with self._lock:
            self._batches.keep(rows, batch)
        return batch.maps

    def discard(self, adapter: FrozenAdapter) -> None:
        """Forget the halves of an adapter that is gone."""
        with self._lock:
            self._adapters.drop(adapter)
            for rows in [rows for rows in self._seen if adapter in rows]:
                self._batches.drop(rows)
                del self._seen[rows]


@dataclass(frozen=True, slots=True)
class _Batch:
    """The maps of a batch, each block in a tensor of its own: what is multiplied together lies together."""

    maps: Mapping[Key, Maps]
    nbytes: int
    dtype: torch.dtype
    device: torch.device

    @classmethod
    def of(cls, halves: Sequence[Tensor], places: Places) -> _Batch:
        maps: dict[Key, Maps] = {}
        start = 0
        for block, stop in enumerate(places.ends):
            maps |= places.maps(block, torch.stack([row[start:stop] for row in halves]), start)
            start = stop
        like = halves[0]
        return cls(maps, len(halves) * places.size * like.element_size(), like.dtype, like.device)


class _Kept(Generic[Owner, Held]):
    """What was used last, within a bound; to be used under a lock."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.size_bytes = 0
        self._kept: OrderedDict[Owner, Held] = OrderedDict()

    def look_up(self, key: Owner, like: Tensor) -> Held | None:
        kept = self._kept.get(key)
        if kept is None or kept.dtype != like.dtype or kept.device != like.device:
            return None
        self._kept.move_to_end(key)
        return kept

    def keep(self, key: Owner, halves: Held) -> None:
        self.drop(key)
        self._kept[key] = halves
        self.size_bytes += halves.nbytes
        while self.size_bytes > self.max_bytes:
            self.drop(next(iter(self._kept)))

    def drop(self, key: Owner) -> None:
        halves = self._kept.pop(key, None)
        if halves is not None:
            self.size_bytes -= halves.nbytes


def contract_all(adapters: Sequence[FrozenAdapter], like: Tensor) -> dict[FrozenAdapter, Tensor]:
    """The halves of some adapters; those with the same settings are contracted in one go."""
    found: dict[FrozenAdapter, Tensor] = {}
    for layout in {id(adapter.layout): adapter.layout for adapter in adapters}.values():
        alike = [adapter for adapter in adapters if adapter.layout is layout]
        buffers = torch.stack([adapter.buffer for adapter in alike])
        halves = layout.contract(buffers.to(like.device).float())
        # Rows of their own: a view would keep the halves of all that were contracted with it.
        found |= {adapter: row.to(like.dtype, copy=True) for adapter, row in zip(alike, halves, strict=True)}
    return found
