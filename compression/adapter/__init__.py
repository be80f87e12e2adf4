"""Tensorised adapters as a PEFT method: importing this package registers it."""

from __future__ import annotations

from peft.utils import register_peft_method

from compression.adapter.config import KINDS, TensorAdapterConfig
from compression.adapter.embedding import TensorAdapterEmbedding
from compression.adapter.layer import TensorAdapterLayer
from compression.adapter.linear import TensorAdapterLinear
from compression.adapter.model import TensorAdapterModel
from compression.adapter.registration import NAME

register_peft_method(name=NAME.lower(), config_cls=TensorAdapterConfig, model_cls=TensorAdapterModel)

__all__ = [
    "KINDS",
    "TensorAdapterConfig",
    "TensorAdapterEmbedding",
    "TensorAdapterLayer",
    "TensorAdapterLinear",
    "TensorAdapterModel",
]
