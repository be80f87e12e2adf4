"""Where the half factors of each adapted module lie in a buffer of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from compression.stacked.parts import Role

Key = tuple[str, Role]  # a module, and where the map stands to it


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one map's half factors ``(rank, inputs)`` and ``(rank, outputs)`` begin.

    With a ``constant`` their last rows are zero and the module's bias: the product's row is set to one there,
    which adds the bias. PyTorch alone writes it into the output beforehand, one more trip through memory.
    """

    left: int
    right: int
    rank: int
    inputs: int
    outputs: int
    constant: bool

    @property
    def own(self) -> int:
        """The rank of the map itself."""
        return self.rank - self.constant


@dataclass(frozen=True, slots=True)
class Reading:
    """The first halves of all modules that read one tensor: ``(rank, inputs)`` from ``left`` on.

    ``first`` is the row at which the module's own begins; ``last`` says that no module asks after it.
    """

    group: str
    left: int
    rank: int
    inputs: int
    first: int
    last: bool


class Places:
    """Slots in blocks: one block for all modules that read one tensor, in the order of ``ranks``.

    Args:
        ranks: the rank of every map.
        sides: its inputs and outputs.
        constants: the modules whose bias is added with the map.
        readers: groups of modules that read the same tensor; their first halves are laid side by side, so
            that one product serves them all.
    """

    def __init__(
        self,
        ranks: Mapping[Key, int],
        sides: Mapping[Key, tuple[int, int]],
        readers: Sequence[tuple[str, ...]],
        constants: Collection[str] = (),
    ) -> None:
        self._constants = constants
        self.slots: dict[Key, Slot] = {}
        self.readings: dict[str, Reading] = {}
        self.ends: list[int] = []  # of the blocks
        together = {module: group for group in readers for module in group}
        for module, role in ranks:
            if (module, role) not in self.slots:
                group = together.get(module, (module,)) if role == "delta" else (module,)
                self._place_block([(one, role) for one in group if (one, role) in ranks], ranks, sides)

    @property
    def size(self) -> int:
        return self.ends[-1] if self.ends else 0

    def _place_block(
        self, keys: Sequence[Key], ranks: Mapping[Key, int], sides: Mapping[Key, tuple[int, int]]
    ) -> None:
        constants = {key: key[1] == "delta" and key[0] in self._constants for key in keys}
        rows = {key: ranks[key] + constants[key] for key in keys}
        start, inputs = self.size, sides[keys[0]][0]
        total, first = sum(rows.values()), 0
        right = start + total * inputs
        for key in keys:
            self.slots[key] = Slot(start + first * inputs, right, rows[key], *sides[key], constants[key])
            if key[1] == "delta":
                self.readings[key[0]] = Reading(keys[0][0], start, total, inputs, first, key == keys[-1])
            first += rows[key]
            right += rows[key] * sides[key][1]
        self.ends.append(right)


def left_of(halves: Tensor, slot: Slot, base: int = 0) -> Tensor:
    """The view ``(n, rank, inputs)`` of halves ``(n, size)`` that begin at position ``base``."""
    start = slot.left - base
    return halves[:, start : start + slot.rank * slot.inputs].view(-1, slot.rank, slot.inputs)


def right_of(halves: Tensor, slot: Slot, base: int = 0) -> Tensor:
    """The view ``(n, rank, outputs)`` of halves ``(n, size)`` that begin at position ``base``."""
    start = slot.right - base
    return halves[:, start : start + slot.rank * slot.outputs].view(-1, slot.rank, slot.outputs)
