"""The heads of all rows of a batch as two batched products, whatever their numbers of classes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from models_zoo.serving.shared.task import TaskModel


class RowHeads:
    """The heads of a batch, a task a row, padded to the most classes of any row."""

    def __init__(self, tasks: Sequence[TaskModel], like: Tensor) -> None:
        self._tasks = tasks
        splits = [sum(head.units for head in task.heads if not head.per_token) for task in tasks]
        whole = [task.weights[:split] for task, split in zip(tasks, splits, strict=True)]
        tokens = [task.weights[split:] for task, split in zip(tasks, splits, strict=True)]
        self._whole, self._tokens = _padded(whole, like), _padded(tokens, like)
        self.any_per_token = self._tokens.shape[1] > 0

    def __call__(self, pooled: Tensor, hidden: Tensor) -> list[dict[str, Tensor]]:
        """Head -> logits ``(C,)`` or ``(L, C)`` for each row, from ``(B, D)`` and ``(B, L, D)``."""
        whole = _logits(self._whole, pooled[:, None])[:, 0]  # (B, C)
        tokens = _logits(self._tokens, hidden) if self.any_per_token else hidden  # (B, L, C)
        return [self._named(task, whole[row], tokens[row]) for row, task in enumerate(self._tasks)]

    @staticmethod
    def _named(task: TaskModel, whole: Tensor, tokens: Tensor) -> dict[str, Tensor]:
        named, ends = {}, {False: 0, True: 0}
        for head in task.heads:
            start = ends[head.per_token]
            ends[head.per_token] = stop = start + head.units
            named[head.name] = (tokens if head.per_token else whole)[..., start:stop]
        return named


def _padded(weights: Sequence[Tensor], like: Tensor) -> Tensor:
    """``(B, most classes, D + 1)``, zeros below a row's own."""
    if len({len(one) for one in weights}) == 1:
        return torch.stack(list(weights)).to(like)
    most = max(len(one) for one in weights)
    padded = like.new_zeros(len(weights), most, weights[0].shape[1])
    for row, one in zip(padded, weights, strict=True):
        row[: len(one)] = one.to(like)
    return padded


def _logits(weights: Tensor, x: Tensor) -> Tensor:
    """``(B, C, D + 1)`` and ``(B, L, D)`` -> ``(B, L, C)``."""
    matrix, bias = weights[..., :-1], weights[..., -1]
    return torch.baddbmm(bias[:, None], x, matrix.transpose(1, 2))
