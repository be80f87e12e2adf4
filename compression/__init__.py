"""Tensorised adapters: many task models in little more memory than one.

PyTorch, PEFT and TensorLy only. Importing the package registers the method with PEFT::

    model = peft.get_peft_model(backbone, TensorAdapterConfig(decomposition="cp", rank=4))
"""

from compression.adapter import KINDS, TensorAdapterConfig, TensorAdapterModel
from compression.conversion import Projection, deltas_of, project_deltas
from compression.decompositions import DECOMPOSITIONS, MapShape, TensorMap
from compression.replacement import Replacement, TensorLinear, load_replaced, replace_linear, save_replaced
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
    "Projection",
    "Replacement",
    "Size",
    "StackedAdapters",
    "TensorAdapterConfig",
    "TensorAdapterModel",
    "TensorLinear",
    "TensorMap",
    "compression_report",
    "deltas_of",
    "load_replaced",
    "project_deltas",
    "replace_linear",
    "save_replaced",
]
