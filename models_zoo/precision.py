"""In how many bits an encoder multiplies when it serves."""

from __future__ import annotations

from typing import Literal

import torch

Precision = Literal["float32", "bfloat16"]
PRECISIONS: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def native_precision() -> Precision:
    """bfloat16 where this processor multiplies it natively, else float32."""
    return "bfloat16" if has_onednn() and torch.cpu._is_avx512_bf16_supported() else "float32"


def has_onednn() -> bool:
    """Whether this PyTorch comes with the kernels that take packed weights."""
    return bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call]


def packs(dtype: torch.dtype) -> bool:
    """Whether those kernels take weights of this type here: a processor without bfloat16 is refused."""
    return has_onednn() and (dtype != torch.bfloat16 or native_precision() == "bfloat16")
