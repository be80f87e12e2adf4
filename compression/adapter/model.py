"""The tuner that puts tensorised adapters into a model."""

from __future__ import annotations

from typing import Any

from peft.tuners.tuners_utils import BaseTuner
from torch import nn

from compression.adapter.layer import TensorAdapterLinear

# The layers adapted when a config names none: the attention's query and value maps, as is usual for LoRA.
DEFAULT_TARGET_MODULES = {
    "bert": ["query", "value"],
    "roberta": ["query", "value"],
    "distilbert": ["q_lin", "v_lin"],
    "deberta-v2": ["query_proj", "value_proj"],
}


class TensorAdapterModel(BaseTuner):
    """Wraps the targeted linear layers of a model; normally made by ``peft.get_peft_model``."""

    prefix = "tensor_adapter_"
    tuner_layer_cls = TensorAdapterLinear
    target_module_mapping = DEFAULT_TARGET_MODULES

    def _create_and_replace(
        self,
        peft_config: Any,
        adapter_name: str,
        target: nn.Module,
        target_name: str,
        parent: nn.Module,
        current_key: str,
        parameter_name: str | None = None,
    ) -> None:
        if isinstance(target, TensorAdapterLinear):
            target.update_layer(adapter_name, peft_config)
            return
        if not isinstance(target, nn.Linear):
            raise ValueError(
                f"{current_key} is a {type(target).__name__}; a tensorised adapter needs a linear layer. "
                "Change target_modules."
            )
        layer = TensorAdapterLinear(target, adapter_name, peft_config)
        if adapter_name not in self.active_adapters:
            layer.requires_grad_(False)  # a further adapter waits until it is chosen
        self._replace_module(parent, target_name, layer, target)
