"""Tensorised adapters of a linear layer."""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from compression.adapter.layer import TensorAdapterLayer
from compression.decompositions import TensorMap


class TensorAdapterLinear(TensorAdapterLayer):
    """Adapters of an ``nn.Linear``."""

    def get_delta_weight(self, adapter_name: str) -> Tensor:
        return cast(TensorMap, self.tensor_adapter_delta[adapter_name]).dense().T  # (out, in), as nn.Linear

    def _map_size(self) -> tuple[int, int]:
        base = cast(nn.Linear, self.get_base_layer())
        return base.in_features, base.out_features

    def _parallel(self, name: str, x: Tensor) -> Tensor:
        delta = self.tensor_adapter_delta[name]
        return cast(Tensor, delta(self._adapter_input(name, x, delta)))
