"""A backbone whose batches may have an adapter of its own for every row."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from peft import PeftConfig, PeftModel, get_peft_model_state_dict
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from compression.stacked.adapter import FrozenAdapter, checked_factors
from compression.stacked.cache import HalvesCache
from compression.stacked.errors import AdapterMismatch
from compression.stacked.forward import adapted_forward, biases_of
from compression.stacked.layout import Layout
from compression.stacked.parts import dropout_of, parts_of
from compression.stacked.rows import Dropout, Rows
from compression.stacked.tracing import common_readers

WEIGHTS = "adapter_model.safetensors"


class StackedAdapters:
    """Adapters over one frozen backbone, in one forward pass for all rows of a batch.

    The backbone keeps its modules and its names; outside of ``rows`` it computes what it computed before.
    Several threads may use it at once, each with rows of its own.

    Args:
        backbone: any encoder of Hugging Face; frozen, in evaluation mode unless dropout is wanted.
        cache: where half factors are kept; shared with other stacks if given.
    """

    def __init__(self, backbone: nn.Module, *, cache: HalvesCache | None = None) -> None:
        self.backbone = backbone
        self.cache = cache or HalvesCache()
        self._modules = dict(_adaptable(backbone))
        self._sizes = {name: _sides(module) for name, module in self._modules.items()}
        self._readers = common_readers(backbone, self._modules)
        self._biases = biases_of(self._modules)
        self._layouts: dict[Any, Layout] = {}
        self._active = threading.local()

    def detach(self) -> None:
        """Leave the backbone without any trace."""
        for module in self._modules.values():
            vars(module).pop("forward", None)

    def adapter(
        self, config: PeftConfig, state: Mapping[str, Tensor], *, dtype: torch.dtype | None = None
    ) -> FrozenAdapter:
        """Check an adapter against the backbone, and pack it.

        Args:
            config: its settings.
            state: its tensors, named as in a file that ``save_pretrained`` writes.
            dtype: how its factors are kept, as given if None; half precision halves the memory.

        Raises:
            AdapterMismatch: it does not fit, or is damaged.
        """
        parts = parts_of(config, self._sizes)
        layout = self._layouts.setdefault(parts, Layout(parts, self._readers, self._biases))
        factors = checked_factors(layout, state, config)
        kept = dtype or next(iter(factors.values())).dtype
        for part in parts:
            module = self._modules[part.module]
            if "forward" not in vars(module):
                vars(module)["forward"] = adapted_forward(part.module, module, self._active)
        return FrozenAdapter(layout, layout.pack(factors, kept).cpu(), dropout_of(config))

    def load(self, folder: str | Path, *, dtype: torch.dtype | None = None) -> FrozenAdapter:
        """Read an adapter that ``PeftModel.save_pretrained`` wrote.

        Raises:
            AdapterMismatch: as ``adapter``, or ``unreadable`` when a file is missing, cut off or garbled.
        """
        try:
            config = cast(PeftConfig, PeftConfig.from_pretrained(str(folder)))
            state = load_file(Path(folder) / WEIGHTS)
        except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
            raise AdapterMismatch(
                "unreadable", f"{folder} holds no adapter that can be read ({error}); save it again."
            ) from error
        return self.adapter(config, state, dtype=dtype)

    def take(
        self, model: PeftModel, name: str = "default", *, dtype: torch.dtype | None = None
    ) -> FrozenAdapter:
        """An adapter out of a PEFT model of the same architecture."""
        state = get_peft_model_state_dict(model, adapter_name=name, save_embedding_layers=False)
        return self.adapter(model.peft_config[name], state, dtype=dtype)

    @contextmanager
    def rows(
        self, adapters: Sequence[FrozenAdapter | None], *, dropout: Dropout | None = None
    ) -> Iterator[None]:
        """Inside the block, row i of every batch in this thread has ``adapters[i]``; None is the backbone.

        Args:
            dropout: what to draw dropout on the adapters' inputs with, where they were trained with it.
                None draws PyTorch's own, and only while the backbone is in training mode.
        """
        outer = getattr(self._active, "rows", None)
        weight = next(module.weight for module in self._modules.values())
        self._active.rows = Rows(
            adapters,
            readers=self._readers,
            biases=self._biases,
            cache=self.cache,
            like=weight,
            dropout=dropout,
        )
        try:
            yield
        finally:
            self._active.rows = outer


def _adaptable(backbone: nn.Module) -> Iterator[tuple[str, nn.Linear | nn.Embedding]]:
    for name, module in backbone.named_modules():
        if isinstance(module, (nn.Linear, nn.Embedding)):
            yield name, module


def _sides(module: nn.Linear | nn.Embedding) -> tuple[int, int]:
    if isinstance(module, nn.Embedding):
        return module.num_embeddings, module.embedding_dim
    return module.in_features, module.out_features
