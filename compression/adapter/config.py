"""Settings of a tensorised adapter, in PEFT's form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from peft import PeftConfig
from peft.utils import PeftType

from compression.adapter.registration import NAME, peft_type_add
from compression.decompositions import decomposition_named

peft_type_add(NAME)

KINDS = ("parallel", "serial")


@dataclass
class TensorAdapterConfig(PeftConfig):
    """Which linear layers get a tensorised adapter, and of which form.

    ``target_modules``, ``exclude_modules``, ``layers_to_transform``, ``layers_pattern`` and
    ``modules_to_save`` mean what they mean for PEFT's own methods.

    Raises:
        ValueError: a setting is outside its range; the message names it.
    """

    decomposition: str = field(default="cp", metadata={"help": "A name in compression.DECOMPOSITIONS."})
    rank: int = field(default=4, metadata={"help": "Size of the inner indices, at least 1."})
    kind: str = field(
        default="parallel",
        metadata={
            "help": "'parallel' adds x @ delta to the layer's output and can be merged; "
            "'serial' puts a bottleneck with a GELU after the layer."
        },
    )
    bottleneck: int = field(default=64, metadata={"help": "Width between the two maps of the serial kind."})
    order: int = field(default=2, metadata={"help": "Modes that each side of a map is split into."})
    dropout: float = field(default=0.0, metadata={"help": "Dropout on the adapter's input, in [0, 1)."})
    init_weights: bool = field(
        default=True, metadata={"help": "True starts without any effect; False at random."}
    )
    target_modules: Any = field(
        default=None, metadata={"help": "List of name suffixes, a regular expression, or 'all-linear'."}
    )
    exclude_modules: Any = field(
        default=None, metadata={"help": "Names or a regular expression of layers to leave alone."}
    )
    layers_to_transform: list[int] | int | None = field(
        default=None, metadata={"help": "Numbers of the layers to adapt; all when not given."}
    )
    layers_pattern: list[str] | str | None = field(
        default=None, metadata={"help": "Name of the layer list, for layers_to_transform."}
    )
    modules_to_save: list[str] | None = field(
        default=None, metadata={"help": "Whole modules trained and saved beside the adapter, such as a head."}
    )

    def __post_init__(self) -> None:
        super().__post_init__()  # type: ignore[no-untyped-call]  # PEFT's own, without annotations
        self.peft_type = PeftType(NAME)
        for name in ("target_modules", "exclude_modules"):
            if isinstance(getattr(self, name), list):
                setattr(self, name, set(getattr(self, name)))
        if isinstance(self.target_modules, str) and self.layers_to_transform is not None:
            raise ValueError("layers_to_transform needs target_modules as a list of names.")
        decomposition_named(self.decomposition)
        for name in ("rank", "order", "bottleneck"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name} must be a positive integer, got {value!r}.")
        if self.kind not in KINDS:
            raise ValueError(f"Unknown kind {self.kind!r}; choose one of {', '.join(KINDS)}.")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1), got {self.dropout!r}.")
