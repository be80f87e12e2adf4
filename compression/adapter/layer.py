"""A linear layer with tensorised adapters beside it, as a PEFT tuner layer."""

from __future__ import annotations

from typing import Any

import torch
from peft.tuners.tuners_utils import BaseTunerLayer, check_adapters_to_merge
from torch import Tensor, nn

from compression.adapter.config import TensorAdapterConfig
from compression.decompositions import MapShape, decomposition_named


class TensorAdapterLinear(nn.Module, BaseTunerLayer):  # type: ignore[misc]  # PEFT ships no types
    """``y = base(x) + sum over active adapters of x @ delta`` (H = W x + T x).

    Each delta is a :class:`~compression.decompositions.TensorMap`; it draws nothing at random itself.
    """

    adapter_layer_names = ("tensor_adapter_delta",)
    other_param_names = ("tensor_adapter_dropout",)

    def __init__(self, base_layer: nn.Module, adapter_name: str, config: TensorAdapterConfig) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.tensor_adapter_delta = nn.ModuleDict()
        self.tensor_adapter_dropout = nn.ModuleDict()
        self._disable_adapters = False
        self._active_adapter = adapter_name
        self.merged_adapters: list[str] = []
        self.update_layer(adapter_name, config)

    def update_layer(self, adapter_name: str, config: TensorAdapterConfig) -> None:
        """Add an adapter, or replace the one of that name."""
        linear = self.get_base_layer()
        shape = MapShape.automatic(linear.in_features, linear.out_features, config.order)
        delta = decomposition_named(config.decomposition)(shape, config.rank)
        delta.reset_parameters(zero=config.init_weights)
        self.tensor_adapter_delta[adapter_name] = delta
        self.tensor_adapter_dropout[adapter_name] = (
            nn.Dropout(config.dropout) if config.dropout else nn.Identity()
        )
        self._move_adapter_to_device_of_base_layer(adapter_name)
        self.set_adapter(self.active_adapters, inference_mode=config.inference_mode)

    def get_delta_weight(self, adapter_name: str) -> Tensor:
        """What merging adds to ``base_layer.weight``: ``(out_features, in_features)``."""
        weight: Tensor = self.tensor_adapter_delta[adapter_name].dense().T
        return weight

    @torch.no_grad()
    def merge(self, safe_merge: bool = False, adapter_names: list[str] | None = None) -> None:
        """Add the deltas to the base weight, so that inference costs what the plain layer costs.

        Raises:
            ValueError: ``safe_merge`` is set and a delta holds NaN or infinity; its weight stays as it was.
        """
        for name in check_adapters_to_merge(self, adapter_names):
            if name not in self.tensor_adapter_delta:
                continue
            weight = self.get_base_layer().weight
            delta = self.get_delta_weight(name).to(weight.dtype)
            if safe_merge and not torch.isfinite(delta).all():
                raise ValueError(f"Adapter {name!r} holds NaN or infinity and was not merged.")
            weight.data += delta
            self.merged_adapters.append(name)

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the merged deltas out of the base weight again."""
        while self.merged_adapters:
            name = self.merged_adapters.pop()
            weight = self.get_base_layer().weight
            weight.data -= self.get_delta_weight(name).to(weight.dtype)

    def forward(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if self.disable_adapters and self.merged:
            self.unmerge()
        output: Tensor = self.base_layer(x, *args, **kwargs)
        if self.disable_adapters or self.merged:
            return output
        for name in self.active_adapters:
            if name in self.tensor_adapter_delta:
                output = output + self._delta_output(name, x).to(output.dtype)
        return output

    def _delta_output(self, name: str, x: Tensor) -> Tensor:
        delta = self.tensor_adapter_delta[name]
        x = self._cast_input_dtype(x, next(delta.parameters()).dtype)
        output: Tensor = delta(self.tensor_adapter_dropout[name](x))
        return output
