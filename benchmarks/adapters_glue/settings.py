"""What all methods of a run share."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Settings:
    """Upper ``layers`` adapted; texts cut at ``tokens``; ``precision`` is bf16 (autocast) or fp32."""

    layers: int = 2
    epochs: int = 3
    batch_size: int = 32
    tokens: int = 64
    precision: str = "bf16"

    @property
    def dtype(self) -> torch.dtype:
        return torch.bfloat16 if self.precision == "bf16" else torch.float32
