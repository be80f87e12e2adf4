"""An adapter of any PEFT method whose effect is a matrix, written anew as a tensorised one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from peft import PeftModel
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import Tensor, nn

from compression.adapter import TensorAdapterLayer
from compression.decompositions import TensorMap


@dataclass(frozen=True, slots=True)
class Projection:
    """How near a decomposition came to a matrix: ``|T - M| / |M|`` in Frobenius norm, 0 for a zero matrix."""

    module: str
    error: float


@torch.no_grad()
def deltas_of(model: PeftModel, adapter: str = "default") -> dict[str, Tensor]:
    """What an adapter adds to each linear map: module name -> ``(in_features, out_features)``.

    Raises:
        ValueError: a layer's effect is no matrix (a serial adapter), or the layer is no linear one.
    """
    deltas = {}
    for name, layer in _adapted_layers(model, adapter):
        if isinstance(layer, TensorAdapterLayer) and adapter in layer.tensor_adapter_up:
            raise ValueError(f"The adapter of {name!r} is serial: its effect is no matrix to decompose.")
        if not isinstance(layer.get_base_layer(), nn.Linear):
            raise ValueError(f"{name!r} is no linear layer; only those are converted.")
        deltas[name] = cast(Tensor, cast(Any, layer).get_delta_weight(adapter)).T.detach().clone()
    return deltas


@torch.no_grad()
def project_deltas(
    model: PeftModel,
    deltas: Mapping[str, Tensor],
    *,
    adapter: str = "default",
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> list[Projection]:
    """Set a parallel tensorised adapter's factors to the nearest that its decomposition has to ``deltas``.

    A layer that ``deltas`` does not name keeps its zero; one that only ``deltas`` names is left out.
    """
    wanted = [
        (name, layer)
        for name, layer in _adapted_layers(model, adapter)
        if isinstance(layer, TensorAdapterLayer) and name in deltas
    ]
    projections = []
    for done, (name, layer) in enumerate(wanted, 1):
        projections.append(Projection(name, _project(layer, adapter, deltas[name], seed)))
        if progress is not None:
            progress(done / len(wanted))
    return projections


def _project(layer: TensorAdapterLayer, adapter: str, delta: Tensor, seed: int) -> float:
    norm = float(delta.norm())
    if norm == 0:
        return 0.0  # a fresh map is zero already
    current = cast(TensorMap, layer.tensor_adapter_delta[adapter])
    found = type(current).from_dense(delta.float(), current.shape, current.rank, seed)
    current.load_state_dict(balanced(found).state_dict())
    return float((current.dense() - delta).norm()) / norm


def balanced(tensor_map: TensorMap) -> TensorMap:
    """Scale the factors to one norm, the map unchanged: a decomposition may leave all of it in one factor.

    Training needs that, since a step changes a large factor little and a small one much. Every map here is
    linear in each of its factors.
    """
    factors = list(tensor_map.parameters())
    norms = [float(factor.norm()) for factor in factors]
    if min(norms) > 0:
        level = float(torch.tensor(norms).double().log().mean().exp())
        for factor, norm in zip(factors, norms, strict=True):
            factor.data.mul_(level / norm)
    return tensor_map


def _adapted_layers(model: PeftModel, adapter: str) -> list[tuple[str, BaseTunerLayer]]:
    return [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, BaseTunerLayer) and _has(module, adapter)
    ]


def _has(layer: BaseTunerLayer, adapter: str) -> bool:
    return any(adapter in getattr(layer, name, {}) for name in layer.adapter_layer_names)
