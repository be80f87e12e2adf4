"""Multiplying in bfloat16 where the processor does so natively; emulated, it costs many times float32."""

from __future__ import annotations

import torch

from models_zoo.precision import PRECISIONS, native_precision


def quick() -> torch.autocast:
    """A context in which matrix products are as quick as this processor can make them."""
    return torch.autocast("cpu", torch.bfloat16, enabled=native_precision() == "bfloat16")


def quick_dtype() -> torch.dtype:
    """What hidden states are kept in between two such contexts."""
    return PRECISIONS[native_precision()]
