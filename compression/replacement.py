"""Whole linear layers kept as a decomposition in place of their matrix, saved and loaded as a folder.

factors.safetensors   every weight of the model, the replaced ones as factors
compression.json      which layers were replaced, how, and how near the decomposition came
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from compression.decompositions import MapShape, TensorMap, decomposition_named

FACTORS, SETTINGS = "factors.safetensors", "compression.json"


class TensorLinear(nn.Module):
    """``nn.Linear`` with its matrix as factors: ``(..., in_features)`` -> ``(..., out_features)``."""

    def __init__(self, factors: TensorMap, bias: Tensor | None) -> None:
        super().__init__()
        self.factors = factors
        self.bias = None if bias is None else nn.Parameter(bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        mapped: Tensor = self.factors(x)
        return mapped if self.bias is None else mapped + self.bias


@dataclass(frozen=True, slots=True)
class Replacement:
    """One layer. ``error`` is ``|T - W| / |W|`` in Frobenius norm."""

    module: str
    error: float
    dense_parameters: int
    parameters: int


@torch.no_grad()
def replace_linear(
    model: nn.Module, *, targets: Sequence[str], decomposition: str, rank: int, order: int = 2, seed: int = 0
) -> list[Replacement]:
    """Replace, in place, every linear layer whose name ends in one of ``targets``.

    Raises:
        ValueError: no layer matches, or the decomposition is unknown.
    """
    replaced = []
    for name, layer in _matching(model, targets):
        matrix = layer.weight.T.float()
        shape = MapShape.automatic(matrix.shape[0], matrix.shape[1], order)
        factors = decomposition_named(decomposition).from_dense(matrix, shape, rank, seed)
        error = float((factors.dense() - matrix).norm() / matrix.norm().clamp_min(1e-12))
        model.set_submodule(name, TensorLinear(factors.to(layer.weight.dtype), layer.bias))
        count = sum(parameter.numel() for parameter in factors.parameters())
        replaced.append(Replacement(name, error, matrix.numel(), count))
    return replaced


def save_replaced(
    model: nn.Module,
    folder: Path,
    replaced: Sequence[Replacement],
    *,
    decomposition: str,
    rank: int,
    order: int = 2,
) -> None:
    """Write the model with its replaced layers; ``load_replaced`` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().clone().contiguous() for name, tensor in model.state_dict().items()}
    save_file(state, folder / FACTORS)
    settings = {
        "decomposition": decomposition,
        "rank": rank,
        "order": order,
        "layers": [asdict(layer) for layer in replaced],
    }
    (folder / SETTINGS).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def load_replaced(model: nn.Module, folder: Path) -> nn.Module:
    """Give a dense model of the same architecture the layers and weights of a folder, in place.

    Raises:
        ValueError: the model has no such layers.
        RuntimeError: its other weights have other shapes.
    """
    settings: dict[str, Any] = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    form = decomposition_named(settings["decomposition"])
    for name, layer in _matching(model, [entry["module"] for entry in settings["layers"]]):
        shape = MapShape.automatic(layer.in_features, layer.out_features, settings["order"])
        factors = form(shape, settings["rank"]).to(layer.weight.dtype)
        model.set_submodule(name, TensorLinear(factors, layer.bias))
    model.load_state_dict(load_file(folder / FACTORS))
    return model


def _matching(model: nn.Module, targets: Sequence[str]) -> list[tuple[str, nn.Linear]]:
    found = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear)
        and any(name == target or name.endswith(f".{target}") for target in targets)
    ]
    if not found:
        raise ValueError(f"No linear layer is called {' or '.join(targets)}; see model.named_modules().")
    return found
