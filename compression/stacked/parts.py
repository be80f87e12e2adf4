"""Which thin maps an adapter's settings ask for, and how their factors are called and shaped in its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

import torch
from peft import LoraConfig, PeftConfig
from peft.tuners.tuners_utils import check_target_module_exists
from torch import Tensor

from compression.adapter import TensorAdapterConfig
from compression.decompositions import MapShape, decomposition_named
from compression.stacked.errors import AdapterMismatch

Role = Literal["delta", "down", "up"]
Sizes = Mapping[str, tuple[int, int]]  # module -> inputs, outputs

LORA = "lora"


@dataclass(frozen=True, slots=True)
class Form:
    """How a thin map is stored; maps of one form are contracted together."""

    method: str  # a decomposition, or LORA
    shape: MapShape
    rank: int
    scale: float = 1.0

    def factor_shapes(self) -> dict[str, tuple[int, ...]]:
        if self.method == LORA:
            return {
                "lora_A.weight": (self.rank, self.shape.in_features),
                "lora_B.weight": (self.shape.out_features, self.rank),
            }
        return decomposition_named(self.method).factor_shapes(self.shape, self.rank)

    def contract(self, factors: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Half factors ``(G, R, in)`` and ``(G, R, out)`` of G maps, given their factors ``(G, ...)``.

        The first one is transposed: a product of few rows with many columns is what a CPU does fast.
        """
        if self.method == LORA:
            down, up = factors
            return down, up.transpose(1, 2) * self.scale
        method, split = decomposition_named(self.method), len(self.shape.in_modes)
        left, right = torch.vmap(lambda *one: method.contract(one, split))(*factors)
        left, right = left[:, : self.shape.in_features], right[:, :, : self.shape.out_features]
        return left.transpose(1, 2), right


@dataclass(frozen=True, slots=True)
class Part:
    """One thin map: beside ``module`` (delta), or behind it into a bottleneck (down) and out of it (up)."""

    module: str
    role: Role
    form: Form

    def keys(self) -> dict[str, tuple[int, ...]]:
        """Name in an adapter's file, without PEFT's prefix -> shape."""
        infix = "" if self.form.method == LORA else f"tensor_adapter_{self.role}."
        return {f"{self.module}.{infix}{name}": size for name, size in self.form.factor_shapes().items()}


def parts_of(config: PeftConfig, sizes: Sizes) -> tuple[Part, ...]:
    """The thin maps that ``config`` puts on a backbone whose adaptable modules are ``sizes``.

    Raises:
        AdapterMismatch: ``unsupported_method``, or ``no_target`` when it names no module of the backbone.
    """
    wanted = getattr(config, "target_modules", None)  # not in PEFT's base class
    targets = [name for name in sizes if check_target_module_exists(config, name)]
    if not targets:
        raise AdapterMismatch(
            "no_target",
            f"target_modules {_shown(wanted)} match no linear map or embedding of the "
            "backbone; load it on the backbone that it was trained on.",
        )
    if isinstance(config, TensorAdapterConfig):
        return tuple(part for name in targets for part in _tensor_parts(name, *sizes[name], config))
    if type(config) is LoraConfig and not _unusual(config):
        scale = config.lora_alpha / (config.r**0.5 if config.use_rslora else config.r)
        return tuple(
            Part(name, "delta", Form(LORA, MapShape.automatic(*sizes[name], 1), config.r, scale))
            for name in targets
        )
    raise AdapterMismatch(
        "unsupported_method",
        f"An adapter of type {config.peft_type} with these settings is no sum of thin maps; "
        "use a tensorised one, or LoRA without DoRA, biases and rank patterns.",
    )


def dropout_of(config: PeftConfig) -> float:
    """The probability with which an adapter's input was dropped in training."""
    name = "lora_dropout" if isinstance(config, LoraConfig) else "dropout"
    return float(getattr(config, name, 0.0))


def _tensor_parts(module: str, inputs: int, outputs: int, config: TensorAdapterConfig) -> list[Part]:
    def part(role: Role, left: int, right: int) -> Part:
        shape = MapShape.automatic(left, right, config.order)
        return Part(module, role, Form(config.decomposition, shape, config.rank))

    if config.kind == "parallel":
        return [part("delta", inputs, outputs)]
    return [part("down", outputs, config.bottleneck), part("up", config.bottleneck, outputs)]


def _unusual(config: LoraConfig) -> bool:
    return bool(
        config.use_dora
        or config.bias != "none"
        or config.rank_pattern
        or config.alpha_pattern
        or config.fan_in_fan_out
        or config.lora_bias
    )


def _shown(names: object) -> str:
    return ", ".join(sorted(cast(set[str], names))) if isinstance(names, (set, list)) else repr(names)
