"""What all methods of a run share."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Settings:
    """Upper ``layers`` adapted; ``batch_size`` counts texts, each cut at ``tokens``.

    ``precision`` is bf16 (autocast) or fp32.
    """

    layers: int = 1
    epochs: int = 1
    batch_size: int = 8
    tokens: int = 32
    precision: str = "fp32"

    @property
    def dtype(self) -> torch.dtype:
        return torch.bfloat16 if self.precision == "bf16" else torch.float32
