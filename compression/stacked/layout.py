"""Where the factors of an adapter lie in one buffer, and where its half factors lie in another.

All adapters with the same settings share one ``Layout``; what each of them owns is a single flat tensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

import torch
from torch import Tensor

from compression.stacked.parts import Form, Part
from compression.stacked.places import Places, left_of, right_of


@dataclass(frozen=True, eq=False)
class Layout:
    """The thin maps of an adapter, those of one form next to each other.

    Args:
        parts: the maps.
        readers: groups of modules that read the same tensor, see ``Places``.
        biases: of the modules whose bias is added with the map.
    """

    parts: tuple[Part, ...]
    readers: tuple[tuple[str, ...], ...]
    biases: Mapping[str, Tensor]

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
    def places(self) -> Places:
        """Where the half factors lie."""
        forms = {(part.module, part.role): part.form for part in self.parts}
        ranks = {key: self._bond(form) for key, form in forms.items()}
        sides = {key: (form.shape.in_features, form.shape.out_features) for key, form in forms.items()}
        return Places(ranks, sides, self.readers, self.biases.keys())

    def pack(self, factors: Mapping[str, Tensor], dtype: torch.dtype) -> Tensor:
        """One flat tensor of the factors that ``Part.keys`` names."""
        pieces = []
        for form, parts in self.forms.items():
            for index in range(len(form.factor_shapes())):
                pieces += [factors[list(part.keys())[index]].flatten() for part in parts]
        return torch.cat(pieces).to(dtype)

    @torch.no_grad()
    def contract(self, buffers: Tensor) -> Tensor:
        """The half factors ``(n, places.size)`` of n adapters, given their factors ``(n, factors_size)``."""
        count = len(buffers)
        halves = buffers.new_empty(count, self.places.size)
        start = 0
        for form, parts in self.forms.items():
            factors = []
            for size in form.factor_shapes().values():
                length = len(parts) * prod(size)
                factors.append(buffers[:, start : start + length].reshape(count * len(parts), *size))
                start += length
            left, right = form.contract(tuple(factors))
            for index, part in enumerate(parts):
                slot = self.places.slots[part.module, part.role]
                lefts, rights = left_of(halves, slot), right_of(halves, slot)
                lefts[:, : slot.own] = left[index :: len(parts)]
                rights[:, : slot.own] = right[index :: len(parts)]
                if slot.constant:
                    lefts[:, -1] = 0
                    rights[:, -1] = self.biases[part.module]
        return halves

    @staticmethod
    def _bond(form: Form) -> int:
        with torch.device("meta"):
            factors = [torch.empty(1, *size) for size in form.factor_shapes().values()]
            bond: int = form.contract(tuple(factors))[0].shape[1]
        return bond
