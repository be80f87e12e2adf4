"""The feed-forward activation without a tensor of its own: nobody needs its input again."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers.activations import GELUActivation


class GeluInPlace(nn.Module):
    """GELU (Hendrycks & Gimpel, arXiv:1606.08415), written over its input."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.ops.aten.gelu_(x)  # type: ignore[no-any-return]


def gelu_in_place(model: nn.Module) -> None:
    """For a model that only infers; other activations stay as they are."""
    for block in model.modules():
        if isinstance(getattr(block, "activation", None), GELUActivation):
            block.activation = GeluInPlace()
