"""Tensorised adapters: many task models in little more memory than one.

PyTorch, PEFT and TensorLy only. Importing the package registers the method with PEFT::

    model = peft.get_peft_model(backbone, TensorAdapterConfig(decomposition="cp", rank=4))
"""

from compression.adapter import KINDS, TensorAdapterConfig, TensorAdapterModel
from compression.decompositions import DECOMPOSITIONS, MapShape, TensorMap

__all__ = ["DECOMPOSITIONS", "KINDS", "MapShape", "TensorAdapterConfig", "TensorAdapterModel", "TensorMap"]
