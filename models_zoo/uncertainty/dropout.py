"""Dropout whose masks come from a generator of its own (Monte-Carlo dropout, Gal & Ghahramani 2016).

PyTorch's dropout draws from the process-wide generator. There, a training thread and a serving thread would
disturb each other's masks, and a seed would not give the same answer twice. Here every model owns its
source of randomness and the process-wide state stays untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

ATTENTION = "seeded_eager"  # the name under which the attention below is registered


class RandomSource:
    """The generator that all dropout layers of one model share.

    Masks are most of what dropout costs on a CPU. Sixteen random bits an element from NumPy's SFC64 take a
    third of the time of ``Tensor.bernoulli_``; the probability is then exact to 1/65,536.
    """

    def __init__(self) -> None:
        self.seed(0)

    def seed(self, seed: int) -> None:
        self._host = np.random.Generator(np.random.SFC64(seed))
        self._devices: dict[torch.device, torch.Generator] = {}
        self._seed = seed

    def keep(self, like: Tensor, p: float) -> Tensor:
        """A mask of the shape of ``like``, false with probability ``p``."""
        if like.device.type == "cpu":
            bits = self._host.integers(0, 1 << 16, size=like.numel(), dtype=np.uint16)
            return torch.from_numpy(bits >= round(p * (1 << 16))).view(like.shape)
        if like.device not in self._devices:
            self._devices[like.device] = torch.Generator(like.device).manual_seed(self._seed)
        return torch.rand(like.shape, device=like.device, generator=self._devices[like.device]) >= p


class SeededDropout(nn.Module):
    """Inverted dropout: in training mode zeroes with probability ``p`` and scales the rest by 1/(1-p)."""

    def __init__(self, p: float, source: RandomSource) -> None:
        super().__init__()
        self.p = p
        self.source = source

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        return (x * self.source.keep(x, self.p)).mul_(1 / (1 - self.p))


def seed_dropout(model: nn.Module) -> RandomSource:
    """Replace every dropout layer of ``model`` by a seeded one; returns their common source."""
    source = RandomSource()
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Dropout):
                setattr(parent, name, SeededDropout(child.p, source).train(child.training))
    return source


def set_dropout(model: nn.Module, p: float) -> None:
    """Every seeded dropout layer of ``model`` drops with probability ``p`` from now on."""
    for module in model.modules():
        if isinstance(module, SeededDropout):
            module.p = p


@contextmanager
def dropout_active(model: nn.Module) -> Iterator[None]:
    """Dropout on inside the block, every module's mode as before after it."""
    modes = [(module, module.training) for module in model.modules()]
    model.train()  # no layer of these models but dropout depends on the mode
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _seeded_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **_: Any,  # transformers hands every implementation more than this one needs
) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention with the module's own dropout layer on the weights.

    Shapes:
        query, key, value ``(B, heads, L, d)`` -> output ``(B, L, heads, d)``, weights ``(B, heads, L, L)``
    """
    weights = torch.matmul(query, key.transpose(2, 3)) * scaling
    if attention_mask is not None:
        weights = weights + attention_mask
    weights = module.get_submodule("dropout")(weights.softmax(-1))
    return torch.matmul(weights, value).transpose(1, 2).contiguous(), weights


AttentionInterface.register(ATTENTION, _seeded_attention)
AttentionMaskInterface.register(ATTENTION, eager_mask)
