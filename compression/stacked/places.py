"""Where the half factors of each adapted module lie in a buffer of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
    """A module's part in the product of all that read one tensor, named after the first of them.

    ``first`` is the row at which the module's own begins; ``last`` says that no module asks after it.
    """

    group: str
    first: int
    last: bool


class Maps(NamedTuple):
    """The halves of one module's maps for B rows, ready to be multiplied: views of one block.

    Shapes:
        together (B, all ranks, inputs): the first halves of all modules that read the same tensor
        left (B, rank, inputs), right (B, rank, outputs): the module's own
    """

    together: Tensor
    left: Tensor
    right: Tensor


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
        self.keys: list[list[Key]] = []  # in each block
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
                self.readings[key[0]] = Reading(keys[0][0], first, key == keys[-1])
            first += rows[key]
            right += rows[key] * sides[key][1]
        self.ends.append(right)
        self.keys.append(list(keys))

    def maps(self, block: int, halves: Tensor, base: int = 0) -> dict[Key, Maps]:
        """The maps of a block, out of halves ``(B, ...)`` that begin at position ``base``."""
        keys = self.keys[block]
        start, rank = self.slots[keys[0]].left - base, sum(self.slots[key].rank for key in keys)
        inputs = self.slots[keys[0]].inputs
        together = halves[:, start : start + rank * inputs].view(-1, rank, inputs)
        found: dict[Key, Maps] = {}
        for key in keys:
            slot = self.slots[key]
            found[key] = Maps(together, left_of(halves, slot, base), right_of(halves, slot, base))
        return found


def left_of(halves: Tensor, slot: Slot, base: int = 0) -> Tensor:
    """The view ``(n, rank, inputs)`` of halves ``(n, size)`` that begin at position ``base``."""
    start = slot.left - base
    return halves[:, start : start + slot.rank * slot.inputs].view(-1, slot.rank, slot.inputs)


def right_of(halves: Tensor, slot: Slot, base: int = 0) -> Tensor:
    """The view ``(n, rank, outputs)`` of halves ``(n, size)`` that begin at position ``base``."""
    start = slot.right - base
    return halves[:, start : start + slot.rank * slot.outputs].view(-1, slot.rank, slot.outputs)
