"""Attention within each of several utterances whose rows lie one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

STEP = 16  # the kernel is quickest with multiples of it; an utterance is filled up to the next one


@dataclass(frozen=True, slots=True)
class _Alike:
    """Utterances that fill up to one length: n of them, of ``length`` rows."""

    length: int
    take: Tensor  # (n * length,) rows; where an utterance has no more, its first, which nobody looks at
    seen: Tensor  # (n, 1, 1, length), which of them are its own
    own: Tensor  # (rows of these utterances,), their places in ``take``
    back: Tensor  # the same rows' places among all


class Attention:
    """For utterances of these sizes. What an utterance gets depends on its own rows alone."""

    def __init__(self, sizes: Sequence[int], heads: int) -> None:
        self._heads = heads
        starts = [0]
        for size in sizes:
            starts.append(starts[-1] + size)
        groups: dict[int, list[int]] = {}
        for number, size in enumerate(sizes):
            groups.setdefault(-(-size // STEP) * STEP, []).append(number)
        self._groups = [
            _alike(length, [starts[one] for one in members], [sizes[one] for one in members])
            for length, members in groups.items()
        ]

    def __call__(self, projected: Tensor) -> Tensor:
        """Queries, keys and values (R, 3 D) -> their weighted values (R, D)."""
        if len(self._groups) == 1:
            (group,) = self._groups
            return self._of(group, projected).index_select(0, group.own)
        mixed = projected.new_empty(len(projected), projected.shape[1] // 3)
        for group in self._groups:
            mixed.index_copy_(0, group.back, self._of(group, projected).index_select(0, group.own))
        return mixed

    def _of(self, group: _Alike, projected: Tensor) -> Tensor:
        """(n * length, D), in the order of ``group.take``."""
        width = projected.shape[1] // 3
        shape = (-1, group.length, 3, self._heads, width // self._heads)
        query, key, value = projected.index_select(0, group.take).view(shape).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=group.seen)
        return attended.transpose(1, 2).reshape(-1, width)


def _alike(length: int, starts: Sequence[int], sizes: Sequence[int]) -> _Alike:
    place = torch.arange(length)
    first, size = torch.tensor(starts)[:, None], torch.tensor(sizes)[:, None]
    seen = place < size  # (n, length)
    take = torch.where(seen, first + place, first)
    own = seen.flatten().nonzero()[:, 0]
    return _Alike(length, take.flatten(), seen[:, None, None], own, take.flatten()[own])
