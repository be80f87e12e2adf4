"""Tensorised adapters: many task models in little more memory than one.

PyTorch, PEFT and TensorLy only. Importing the package registers the method with PEFT::

    model = peft.get_peft_model(backbone, TensorAdapterConfig(decomposition="cp", rank=4))
"""

from compression.adapter import KINDS, TensorAdapterConfig, TensorAdapterModel
from compression.decompositions import DECOMPOSITIONS, MapShape, TensorMap
from compression.report import AdapterReport, CompressionReport, Size, compression_report
from compression.stacked import AdapterMismatch, FrozenAdapter, HalvesCache, StackedAdapters

__all__ = [
    "DECOMPOSITIONS",
    "KINDS",
    "AdapterMismatch",
    "AdapterReport",
    "CompressionReport",
    "FrozenAdapter",
    "HalvesCache",
    "MapShape",
    "Size",
    "StackedAdapters",
    "TensorAdapterConfig",
    "TensorAdapterModel",
    "TensorMap",
    "compression_report",
]
