"""The tuner that puts tensorised adapters into a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from peft.tuners.tuners_utils import BaseTuner
from peft.utils.other import AuxiliaryTrainingWrapper
from torch import nn

from compression.adapter.embedding import TensorAdapterEmbedding
from compression.adapter.layer import TensorAdapterLayer
from compression.adapter.linear import TensorAdapterLinear

# The layers adapted when a config names none: the attention's query and value maps, as is usual for LoRA.
DEFAULT_TARGET_MODULES = {
    "bert": ["query", "value"],
    "roberta": ["query", "value"],
    "distilbert": ["q_lin", "v_lin"],
    "deberta-v2": ["query_proj", "value_proj"],
}


class TensorAdapterModel(BaseTuner):
    """Wraps a model's targeted linear layers and embeddings; normally made by ``peft.get_peft_model``."""

    prefix = "tensor_adapter_"
    tuner_layer_cls = TensorAdapterLayer
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
        if isinstance(target, TensorAdapterLayer):
            target.update_layer(adapter_name, peft_config)
            return
        layer: TensorAdapterLayer
        if isinstance(target, nn.Linear):
            layer = TensorAdapterLinear(target, adapter_name, peft_config)
        elif isinstance(target, nn.Embedding):
            layer = TensorAdapterEmbedding(target, adapter_name, peft_config)
        else:
            raise ValueError(
                f"{current_key} is a {type(target).__name__}; a tensorised adapter needs a linear layer "
                "or an embedding. Change target_modules."
            )
        if adapter_name not in self.active_adapters:
            layer.requires_grad_(False)  # a further adapter waits until it is chosen
        self._replace_module(parent, target_name, layer, target)

    @contextmanager
    def _enable_peft_forward_hooks(
        self, *args: Any, adapter_names: Sequence[str] | None = None, **kwargs: Any
    ) -> Iterator[None]:
        """Hand ``model(..., adapter_names=[...])`` on to every adapted layer and every saved head.

        The name ``__base__`` leaves a row to the backbone alone. Works in training mode too, so that
        Monte-Carlo dropout can run over a mixed batch.

        Raises:
            ValueError: a name is no adapter of this model.
        """
        if adapter_names is None:
            yield
            return
        unknown = sorted(set(adapter_names) - set(self.peft_config) - {"__base__"})
        if unknown:
            raise ValueError(
                f"No adapter named {unknown[0]!r}; there are {', '.join(sorted(self.peft_config))}."
            )

        def add_names(
            _: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]
        ) -> tuple[tuple[Any, ...], dict[str, Any]]:
            return inputs, named | {"adapter_names": adapter_names}

        hooks = [
            module.register_forward_pre_hook(add_names, with_kwargs=True)
            for module in self.modules()
            if isinstance(module, (TensorAdapterLayer, AuxiliaryTrainingWrapper))
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()
