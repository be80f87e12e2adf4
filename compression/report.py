"""How much of a model is backbone, and how little each adapter adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from peft import PeftModel
from peft.utils import ModulesToSaveWrapper
from torch import Tensor

from compression.adapter import TensorAdapterConfig, TensorAdapterLayer
from compression.decompositions import TensorMap


@dataclass(frozen=True)
class Size:
    """A count of numbers, and the bytes that they take in memory and in a safetensors file."""

    parameters: int
    size_bytes: int

    @classmethod
    def of(cls, tensors: Iterable[Tensor]) -> Size:
        listed = list(tensors)
        return cls(
            parameters=sum(tensor.numel() for tensor in listed),
            size_bytes=sum(tensor.numel() * tensor.element_size() for tensor in listed),
        )


@dataclass(frozen=True)
class AdapterReport:
    """One adapter of a model.

    ``dense_parameters`` is the count of the same maps as plain matrices; ``head`` is what PEFT trains and
    saves whole beside the factors (``modules_to_save``).
    """

    name: str
    decomposition: str
    kind: str
    rank: int
    maps: int
    factors: Size
    head: Size
    dense_parameters: int

    @property
    def compression(self) -> float:
        """How many times smaller the factors are than the dense maps."""
        return self.dense_parameters / self.factors.parameters


@dataclass(frozen=True)
class CompressionReport:
    """A backbone and its adapters, ordered by name."""

    backbone: Size
    adapters: tuple[AdapterReport, ...]

    @property
    def total_bytes(self) -> int:
        """All adapters over the one backbone."""
        adapters = sum(entry.factors.size_bytes + entry.head.size_bytes for entry in self.adapters)
        return self.backbone.size_bytes + adapters

    @property
    def separate_bytes(self) -> int:
        """As many full copies of the model. The backbone counts the untrained head, so a copy has its own."""
        return self.backbone.size_bytes * len(self.adapters)


def compression_report(model: PeftModel) -> CompressionReport:
    """Count a PEFT model's backbone and its tensorised adapters. Merged or not makes no difference.

    Raises:
        ValueError: the model holds an adapter of another PEFT method.
    """
    adapters = tuple(_adapter_report(model, name) for name in sorted(model.peft_config))
    own = {id(tensor) for name in model.peft_config for tensor in _adapter_tensors(model, name)}
    backbone = Size.of(tensor for tensor in model.parameters() if id(tensor) not in own)
    return CompressionReport(backbone=backbone, adapters=adapters)


def _adapter_report(model: PeftModel, name: str) -> AdapterReport:
    config = model.peft_config[name]
    if not isinstance(config, TensorAdapterConfig):
        raise ValueError(f"Adapter {name!r} is of type {config.peft_type}; only tensorised ones are counted.")
    maps = _tensor_maps(model, name)
    return AdapterReport(
        name=name,
        decomposition=config.decomposition,
        kind=config.kind,
        rank=config.rank,
        maps=len(maps),
        factors=Size.of(parameter for tensor_map in maps for parameter in tensor_map.parameters()),
        head=Size.of(_head_tensors(model, name)),
        dense_parameters=sum(tensor_map.shape.dense_parameters for tensor_map in maps),
    )


def _adapter_tensors(model: PeftModel, name: str) -> list[Tensor]:
    factors = [parameter for tensor_map in _tensor_maps(model, name) for parameter in tensor_map.parameters()]
    return [*factors, *_head_tensors(model, name)]


def _tensor_maps(model: PeftModel, name: str) -> list[TensorMap]:
    layers = [layer for layer in model.modules() if isinstance(layer, TensorAdapterLayer)]
    return [tensor_map for layer in layers for tensor_map in layer.tensor_maps(name)]


def _head_tensors(model: PeftModel, name: str) -> list[Tensor]:
    wrappers = [module for module in model.modules() if isinstance(module, ModulesToSaveWrapper)]
    heads = [wrapper.modules_to_save for wrapper in wrappers]
    return [parameter for head in heads if name in head for parameter in head[name].parameters()]
