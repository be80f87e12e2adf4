"""Where the factors of an adapter lie in one buffer, and where its half factors lie in another.

All adapters with the same settings share one ``Layout``; what each of them owns is a single flat tensor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import torch
from torch import Tensor

from compression.stacked.parts import Form, Part, Role

Slots = dict[tuple[str, Role], "Slot"]


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one map's half factors ``(rank, inputs)`` and ``(rank, outputs)`` begin in a buffer of halves."""

    left: int
    right: int
    rank: int
    inputs: int
    outputs: int


@dataclass(frozen=True)
class Layout:
    """The thin maps of an adapter, those of one form next to each other.

    Args:
        parts: the maps.
        readers: groups of modules that read the same tensor; their first halves are laid side by side, so
            that one product serves them all.
    """

    parts: tuple[Part, ...]
    readers: tuple[tuple[str, ...], ...]

    @cached_property
    def forms(self) -> dict[Form, list[Part]]:
        found: dict[Form, list[Part]] = {}
        for part in self.parts:
            found.setdefault(part.form, []).append(part)
        return found

    @cached_property
    def factors_size(self) -> int:
        """Numbers in the buffer of factors: what the adapter has trained."""
        return sum(prod(size) for part in self.parts for size in part.form.factor_shapes().values())

    @cached_property
    def slots(self) -> Slots:
        forms = {(part.module, part.role): part.form for part in self.parts}
        ranks = {key: self._bond(form) for key, form in forms.items()}
        sides = {key: (form.shape.in_features, form.shape.out_features) for key, form in forms.items()}
        return place(ranks, sides, self.readers)

    @cached_property
    def halves_size(self) -> int:
        return halves_size(self.slots)

    def pack(self, factors: Mapping[str, Tensor], dtype: torch.dtype) -> Tensor:
        """One flat tensor of the factors that ``Part.keys`` names."""
        pieces = []
        for form, parts in self.forms.items():
            for index in range(len(form.factor_shapes())):
                pieces += [factors[list(part.keys())[index]].flatten() for part in parts]
        return torch.cat(pieces).to(dtype)

    @torch.no_grad()
    def contract(self, buffers: Tensor) -> Tensor:
        """The half factors ``(n, halves_size)`` of n adapters, given their factors ``(n, factors_size)``."""
        count = len(buffers)
        halves = buffers.new_empty(count, self.halves_size)
        start = 0
        for form, parts in self.forms.items():
            factors = []
            for size in form.factor_shapes().values():
                length = len(parts) * prod(size)
                factors.append(buffers[:, start : start + length].reshape(count * len(parts), *size))
                start += length
            left, right = form.contract(tuple(factors))
            for index, part in enumerate(parts):
                slot = self.slots[part.module, part.role]
                left_of(halves, slot).copy_(left[index :: len(parts)])
                right_of(halves, slot).copy_(right[index :: len(parts)])
        return halves

    @staticmethod
    def _bond(form: Form) -> int:
        with torch.device("meta"):
            factors = [torch.empty(1, *size) for size in form.factor_shapes().values()]
            bond: int = form.contract(tuple(factors))[0].shape[1]
        return bond


def place(
    ranks: Mapping[tuple[str, Role], int],
    sides: Mapping[tuple[str, Role], tuple[int, int]],
    readers: Sequence[tuple[str, ...]],
) -> Slots:
    """Slots for maps of these ranks and sizes; first halves of modules that read together are neighbours."""
    together = {module: group for group in readers for module in group}
    order: list[tuple[str, Role]] = []
    for key in ranks:
        group = together.get(key[0], (key[0],)) if key[1] == "delta" else (key[0],)
        members = [(module, key[1]) for module in group]
        order += [member for member in members if member in ranks and member not in order]
    slots: Slots = {}
    lefts: dict[tuple[str, Role], int] = {}
    end = 0
    for key in order:
        lefts[key] = end
        end += ranks[key] * sides[key][0]
    for key in order:
        slots[key] = Slot(lefts[key], end, ranks[key], *sides[key])
        end += ranks[key] * sides[key][1]
    return slots


def halves_size(slots: Slots) -> int:
    return sum(slot.rank * (slot.inputs + slot.outputs) for slot in slots.values())


def left_of(halves: Tensor, slot: Slot) -> Tensor:
    """The view ``(n, rank, inputs)`` of a buffer of halves ``(n, size)``."""
    stop = slot.left + slot.rank * slot.inputs
    return halves[:, slot.left : stop].view(-1, slot.rank, slot.inputs)


def right_of(halves: Tensor, slot: Slot) -> Tensor:
    """The view ``(n, rank, outputs)`` of a buffer of halves ``(n, size)``."""
    stop = slot.right + slot.rank * slot.outputs
    return halves[:, slot.right : stop].view(-1, slot.rank, slot.outputs)
