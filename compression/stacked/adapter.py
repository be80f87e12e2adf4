"""One trained adapter, kept as small as it was stored."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from peft import PeftConfig
from torch import Tensor

from compression.stacked.errors import AdapterMismatch
from compression.stacked.layout import Layout

PREFIX = "base_model.model."  # what PEFT puts before a module's name in a file


class FrozenAdapter:
    """The factors of one adapter in a single buffer; never changed, so it may be read from any thread.

    Made by :class:`StackedAdapters`, whose backbone it was checked against.
    """

    __slots__ = ("__weakref__", "buffer", "dropout", "layout")

    def __init__(self, layout: Layout, buffer: Tensor, dropout: float) -> None:
        self.layout = layout
        self.buffer = buffer  # (layout.factors_size,)
        self.dropout = dropout

    @property
    def size_bytes(self) -> int:
        return self.buffer.numel() * self.buffer.element_size()


def checked_factors(layout: Layout, state: Mapping[str, Tensor], config: PeftConfig) -> dict[str, Tensor]:
    """The factors of ``layout`` out of an adapter's file.

    Raises:
        AdapterMismatch: ``missing_factor``, ``unexpected_factor``, ``wrong_shape`` or ``not_finite``.
    """
    whole = tuple(getattr(config, "modules_to_save", None) or ())
    given = {name.removeprefix(PREFIX): tensor for name, tensor in state.items()}
    expected = {key: size for part in layout.parts for key, size in part.keys().items()}
    for key, size in expected.items():
        if key not in given:
            raise AdapterMismatch("missing_factor", f"{key} is missing; save the adapter again.")
        if tuple(given[key].shape) != size:
            raise AdapterMismatch(
                "wrong_shape",
                f"{key} has shape {tuple(given[key].shape)} instead of {size}; it was trained with other "
                "settings or on another backbone.",
            )
        if not torch.isfinite(given[key]).all():
            raise AdapterMismatch("not_finite", f"{key} holds NaN or infinity; train the adapter again.")
    for key in given.keys() - expected.keys():
        if not any(f".{name}." in f".{key}" for name in whole):
            raise AdapterMismatch(
                "unexpected_factor", f"{key} belongs to no map that the adapter's settings name."
            )
    return {key: given[key] for key in expected}
