"""A task model: the adapter and the heads that make a shared backbone answer one task's questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from compression import FrozenAdapter
from models_zoo.serving.shared.errors import SharedBackboneError

LinearHead = tuple[Tensor, Tensor]  # weight (C, D) and bias (C,)


@dataclass(frozen=True, slots=True)
class Head:
    """A linear classifier of ``units`` classes: of the whole utterance, or of each of its tokens."""

    name: str
    units: int
    per_token: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class TaskModel:
    """What is kept of a task; never changed once made.

    Attributes:
        version: told with every answer.
        adapter: None for the bare backbone.
        heads: those of the whole utterance first.
        weights: of all heads below each other, the biases as the last column: (units, D + 1).
        dropout: the probability with which a unit before the heads was dropped in training.
        encoder_dropout: the same within the encoder; None for the backbone's own.
    """

    name: str
    version: str
    adapter: FrozenAdapter | None
    heads: tuple[Head, ...]
    weights: Tensor
    dropout: float
    encoder_dropout: float | None = None

    @property
    def settled_below(self) -> bool:
        """Whether passes differ in the masks before the heads only."""
        return self.encoder_dropout == 0 and (self.adapter is None or self.adapter.dropout == 0)

    @property
    def size_bytes(self) -> int:
        return self.weights.nbytes + (self.adapter.size_bytes if self.adapter else 0)


def heads_of(
    task: str, given: Mapping[str, LinearHead], per_token: Collection[str], width: int
) -> tuple[tuple[Head, ...], Tensor]:
    """Check the heads of a task against a backbone ``width`` wide, and pack them as ``TaskModel`` keeps them.

    Raises:
        SharedBackboneError: ``no_head``, ``head_shape`` or ``head_not_finite``.
    """
    if not given:
        raise SharedBackboneError("no_head", f"Task {task!r} has no head; give it at least one.")
    ordered = sorted(given.items(), key=lambda item: item[0] in per_token)
    rows = []
    for name, (weight, bias) in ordered:
        if weight.dim() != 2 or weight.shape[1] != width or bias.shape != weight.shape[:1]:
            raise SharedBackboneError(
                "head_shape",
                f"Head {name!r} of task {task!r} has weights {tuple(weight.shape)} and biases "
                f"{tuple(bias.shape)}; this backbone is {width} wide. Train it on this backbone.",
            )
        if not (torch.isfinite(weight).all() and torch.isfinite(bias).all()):
            raise SharedBackboneError(
                "head_not_finite",
                f"Head {name!r} of task {task!r} holds NaN or infinity; train it again.",
            )
        rows.append(torch.cat([weight, bias[:, None]], dim=1).detach())
    heads = tuple(Head(name, len(weight), name in per_token) for name, (weight, _) in ordered)
    return heads, torch.cat(rows)
