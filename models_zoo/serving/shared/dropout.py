"""Dropout that belongs to a row: its masks follow from seed and pass alone, not from the rows beside it.

Whether dropout is on, and with which masks, is a matter of the calling thread, so that several batches can
be under way in one model, some with dropout and some without.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

ATTENTION = "row_dropout"
BITS = 1 << 16

_active = threading.local()


class RowMasks:
    """The masks of one pass over a batch; a row draws for its own tokens only, as if it were alone.

    Args:
        lengths: tokens of each row, padding left out.
        seeds: one a row.
        number: of the pass.
        within: each row's rate in the backbone's own layers; None, or None for a row: what the layer says.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        seeds: Sequence[int],
        number: int,
        within: Sequence[float | None] | None = None,
    ) -> None:
        self._lengths = lengths
        self._within = within or [None] * len(lengths)
        self._sources = [np.random.Generator(np.random.SFC64([seed, number])) for seed in seeds]

    def dropped(self, x: Tensor, p: float | Tensor) -> Tensor:
        """Inverted dropout of ``(B, L, D)``, ``(B, heads, L, L)`` or ``(B, D)``; ``p`` may differ a row."""
        return self._dropped(x, [p] * len(x) if isinstance(p, float) else p.flatten().tolist())

    def dropped_within(self, x: Tensor, p: float) -> Tensor:
        """As ``dropped``, by a layer of the backbone with probability ``p``."""
        return self._dropped(x, [p if rate is None else rate for rate in self._within])

    def _dropped(self, x: Tensor, rates: Sequence[float]) -> Tensor:
        scaled = torch.zeros(x.shape, dtype=x.dtype)
        for row, (source, length, rate) in enumerate(zip(self._sources, self._lengths, rates, strict=True)):
            part = _own(scaled[row], length)
            if rate == 0:  # nothing is drawn either: the row alone would not
                part.fill_(1)
                continue
            bits = source.integers(0, BITS, size=part.shape, dtype=np.uint16)
            kept = torch.from_numpy(bits >= round(rate * BITS))
            part.copy_(kept).mul_(1 / (1 - rate))
        return x * scaled.to(x.device)


def _own(row: Tensor, length: int) -> Tensor:
    """The part of a row's ``(L, D)``, ``(heads, L, L)`` or ``(D,)`` that its own tokens fill."""
    if row.dim() == 3:
        return row[:, :length, :length]
    return row[:length] if row.dim() == 2 else row


class RowDropout(nn.Module):
    """In place of ``nn.Dropout``: does nothing outside of ``masks_active``."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        masks: RowMasks | None = getattr(_active, "masks", None)
        return x if masks is None else masks.dropped_within(x, self.p)


def row_dropout(model: nn.Module) -> None:
    """Replace every dropout layer of ``model``, and its attention by one that knows them."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Dropout):
                setattr(parent, name, RowDropout(child.p))


@contextmanager
def masks_active(masks: RowMasks) -> Iterator[None]:
    """Dropout in this thread, with these masks, inside the block."""
    _active.masks = masks
    try:
        yield
    finally:
        _active.masks = None


def _attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **rest: Any,  # transformers hands every implementation more than this one needs
) -> tuple[Tensor, Tensor | None]:
    """PyTorch's fused attention; written out where dropout needs the weights.

    Shapes:
        query, key, value ``(B, heads, L, d)``, mask ``(B, 1, L, L)`` true where seen -> ``(B, L, heads, d)``
    """
    if getattr(_active, "masks", None) is None:
        attended: tuple[Tensor, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **(rest | {"scaling": scaling, "dropout": 0.0})
        )
        return attended
    weights = torch.matmul(query, key.transpose(2, 3)) * scaling
    if attention_mask is not None:
        weights = weights.masked_fill(~attention_mask, torch.finfo(weights.dtype).min)
    weights = module.get_submodule("dropout")(weights.softmax(-1))
    return torch.matmul(weights, value).transpose(1, 2).contiguous(), weights


AttentionInterface.register(ATTENTION, _attention)
AttentionMaskInterface.register(ATTENTION, sdpa_mask)
