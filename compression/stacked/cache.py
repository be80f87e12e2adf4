"""Half factors of the adapters in use: contracted once, not in every call, within a bound of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor

from compression.stacked.adapter import FrozenAdapter

DEFAULT_BYTES = 32 << 20


class HalvesCache:
    """Keeps the half factors of the adapters that were used last; safe for several threads.

    Args:
        max_bytes: what the kept halves may take. A batch that needs more still gets its own, which are then
            not all kept.
    """

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self.max_bytes = max_bytes
        self._kept: OrderedDict[FrozenAdapter, Tensor] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def size_bytes(self) -> int:
        return self._bytes

    def halves(self, adapters: Sequence[FrozenAdapter], like: Tensor) -> dict[FrozenAdapter, Tensor]:
        """Adapter -> its halves ``(layout.halves_size,)``, of the type and on the device of ``like``.

        The missing ones are contracted together.
        """
        found: dict[FrozenAdapter, Tensor] = {}
        with self._lock:
            for adapter in adapters:
                kept = self._kept.get(adapter)
                if kept is not None and kept.dtype == like.dtype and kept.device == like.device:
                    self._kept.move_to_end(adapter)
                    found[adapter] = kept
        missing = [adapter for adapter in dict.fromkeys(adapters) if adapter not in found]
        if missing:
            fresh = contract_all(missing, like)
            found |= fresh
            self._keep(fresh)
        return found

    def discard(self, adapter: FrozenAdapter) -> None:
        """Forget the halves of an adapter that is gone."""
        with self._lock:
            self._drop(adapter)

    def _keep(self, fresh: dict[FrozenAdapter, Tensor]) -> None:
        with self._lock:
            for adapter, halves in fresh.items():
                self._drop(adapter)
                self._kept[adapter] = halves
                self._bytes += halves.nbytes
            while self._bytes > self.max_bytes and self._kept:
                self._drop(next(iter(self._kept)))

    def _drop(self, adapter: FrozenAdapter) -> None:
        halves = self._kept.pop(adapter, None)
        if halves is not None:
            self._bytes -= halves.nbytes


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
