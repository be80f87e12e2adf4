"""A frozen layer with tensorised adapters beside or behind it, as a PEFT tuner layer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, cast

import torch
from peft.tuners.tuners_utils import BaseTunerLayer, check_adapters_to_merge
from torch import Tensor, nn
from torch.nn.functional import gelu

from compression.adapter.config import TensorAdapterConfig
from compression.decompositions import MapShape, TensorMap, decomposition_named


class TensorAdapterLayer(nn.Module, BaseTunerLayer):
    """A frozen layer ``W`` and any number of named adapters, of which the active ones apply.

    Parallel: ``h = W x + T x``, T one :class:`TensorMap`. Serial (Houlsby et al., arXiv:1902.00751):
    ``h + up(gelu(down(h)))``, both maps tensorised, after the parallel ones. T itself is deterministic:
    only the adapter's input passes through dropout, and only if the config asks for it.

    Subclasses say what an input of T is: a vector (``linear``) or the number of a row (``embedding``).
    """

    adapter_layer_names = ("tensor_adapter_delta", "tensor_adapter_down", "tensor_adapter_up")
    other_param_names = ("tensor_adapter_dropout",)

    def __init__(self, base_layer: nn.Module, adapter_name: str, config: TensorAdapterConfig) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.tensor_adapter_delta = nn.ModuleDict()  # parallel
        self.tensor_adapter_down = nn.ModuleDict()  # serial, into the bottleneck
        self.tensor_adapter_up = nn.ModuleDict()  # serial, out of it
        self.tensor_adapter_dropout = nn.ModuleDict()
        self._disable_adapters = False
        self._active_adapter = adapter_name
        self.merged_adapters: list[str] = []
        self.cast_input_dtype_enabled = True  # peft.helpers.disable_input_dtype_casting switches it
        self.update_layer(adapter_name, config)

    def update_layer(self, adapter_name: str, config: TensorAdapterConfig) -> None:
        """Add an adapter, or replace the one of that name."""
        for adapters in (self.tensor_adapter_delta, self.tensor_adapter_down, self.tensor_adapter_up):
            if adapter_name in adapters:  # it may have been of the other kind
                del adapters[adapter_name]
        inputs, outputs = self._map_size()
        if config.kind == "parallel":
            self.tensor_adapter_delta[adapter_name] = _tensor_map(inputs, outputs, config)
        else:
            self.tensor_adapter_down[adapter_name] = _tensor_map(
                outputs, config.bottleneck, config, zero=False
            )
            self.tensor_adapter_up[adapter_name] = _tensor_map(config.bottleneck, outputs, config)
        self.tensor_adapter_dropout[adapter_name] = (
            nn.Dropout(config.dropout) if config.dropout else nn.Identity()
        )
        self._move_adapter_to_device_of_base_layer(adapter_name)
        self.set_adapter(cast(list[str], self.active_adapters), inference_mode=config.inference_mode)

    def tensor_maps(self, adapter_name: str) -> list[TensorMap]:
        """The maps of one adapter: one if parallel, two if serial, none if it does not touch this layer."""
        kinds = (self.tensor_adapter_delta, self.tensor_adapter_down, self.tensor_adapter_up)
        return [cast(TensorMap, maps[adapter_name]) for maps in kinds if adapter_name in maps]

    @abstractmethod
    def get_delta_weight(self, adapter_name: str) -> Tensor:
        """What merging a parallel adapter adds to the base weight, in the weight's own shape."""

    @abstractmethod
    def _map_size(self) -> tuple[int, int]:
        """``in_features, out_features`` of the base layer seen as a linear map."""

    @abstractmethod
    def _parallel(self, name: str, x: Tensor) -> Tensor:
        """``T x`` of a parallel adapter."""

    @torch.no_grad()
    def merge(self, safe_merge: bool = False, adapter_names: list[str] | None = None) -> None:
        """Add the deltas to the base weight, so that inference costs what the plain layer costs.

        Raises:
            ValueError: an adapter is serial (nothing is merged), or ``safe_merge`` is set and a delta is
                not finite (that one is not merged).
        """
        names = check_adapters_to_merge(self, adapter_names)
        serial = [name for name in names if name in self.tensor_adapter_up]
        if serial:
            raise ValueError(f"Adapter {serial[0]!r} is serial and cannot be merged; only parallel ones can.")
        for name in names:
            if name not in self.tensor_adapter_delta:
                continue
            weight = self.weight
            delta = self.get_delta_weight(name).to(weight.dtype)
            if safe_merge and not torch.isfinite(delta).all():
                raise ValueError(f"Adapter {name!r} holds NaN or infinity and was not merged.")
            weight.data += delta
            self.merged_adapters.append(name)

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the merged deltas out of the base weight again."""
        while self.merged_adapters:
            weight = self.weight
            weight.data -= self.get_delta_weight(self.merged_adapters.pop()).to(weight.dtype)

    def forward(
        self, x: Tensor, *args: Any, adapter_names: Sequence[str] | None = None, **kwargs: Any
    ) -> Tensor:
        """The layer's output; ``adapter_names`` chooses an adapter for every row of the batch instead.

        Raises:
            ValueError: there is not one name a row, or an adapter is merged into the shared weight.
        """
        if self.disable_adapters:
            self.unmerge()
            return cast(Tensor, self.base_layer(x, *args, **kwargs))
        output: Tensor = self.base_layer(x, *args, **kwargs)
        if adapter_names is not None:
            return self._mixed_batch(x, output, adapter_names)
        return self._adapt(
            x, output, [name for name in self.active_adapters if name not in self.merged_adapters]
        )

    def _adapt(self, x: Tensor, output: Tensor, names: Sequence[str]) -> Tensor:
        for name in names:
            if name in self.tensor_adapter_delta:
                output = output + self._parallel(name, x).to(output.dtype)
        for name in names:
            if name in self.tensor_adapter_up:
                output = output + self._serial(name, output).to(output.dtype)
        return output

    def _mixed_batch(self, x: Tensor, output: Tensor, names: Sequence[str]) -> Tensor:
        if self.merged:
            raise ValueError(f"Unmerge {self.merged_adapters} first: a mixed batch needs the plain weight.")
        if len(names) != len(x):
            raise ValueError(f"adapter_names needs one name a row: {len(names)} names, {len(x)} rows.")
        mixed = torch.empty_like(output)
        for name in dict.fromkeys(names):
            rows = torch.tensor([row for row, other in enumerate(names) if other == name], device=x.device)
            mixed = mixed.index_copy(0, rows, self._adapt(x[rows], output[rows], [name]))
        return mixed

    def _serial(self, name: str, h: Tensor) -> Tensor:
        down = self.tensor_adapter_down[name]
        hidden = gelu(down(self._adapter_input(name, h, down)))
        return cast(Tensor, self.tensor_adapter_up[name](hidden))

    def _adapter_input(self, name: str, x: Tensor, adapter: nn.Module) -> Tensor:
        x = self._cast_input_dtype(x, next(adapter.parameters()).dtype)
        return cast(Tensor, self.tensor_adapter_dropout[name](x))


def _tensor_map(inputs: int, outputs: int, config: TensorAdapterConfig, zero: bool = True) -> TensorMap:
    shape = MapShape.automatic(inputs, outputs, config.order)
    tensor_map = decomposition_named(config.decomposition)(shape, config.rank)
    tensor_map.reset_parameters(zero=zero and config.init_weights)
    return tensor_map
