"""Who competes: everything trained, only a head, dense adapters, and the four decompositions."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import peft
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu
from transformers import DistilBertModel

from compression import DECOMPOSITIONS, KINDS, TensorAdapterConfig

PARALLEL_TARGETS = ["q_lin", "v_lin", "out_lin", "lin2"]  # those of the shipped model
SERIAL_TARGETS = ["out_lin", "lin2"]  # after self-attention and after the feed-forward net, as Houlsby et al.
BOTTLENECK = 64

FULL, PROBE, HOULSBY, LORA = "full", "probe", "houlsby", "lora"


@dataclass(frozen=True, slots=True)
class Method:
    """A way to adapt the encoder. ``rank`` and ``kind`` are None where they mean nothing."""

    name: str
    learning_rate: float
    rank: int | None = None
    kind: str | None = None

    @property
    def title(self) -> str:
        return " ".join(str(part) for part in (self.name, self.rank, self.kind) if part is not None)


def matrix(ranks: Sequence[int]) -> list[Method]:
    """Every method of the comparison, cheap ones first."""
    tensors = [Method(name, 2e-2, rank, kind) for rank in ranks for name in DECOMPOSITIONS for kind in KINDS]
    lora = [Method(LORA, 5e-3, rank, "parallel") for rank in ranks]
    return [Method(PROBE, 0.0), *tensors, *lora, Method(HOULSBY, 1e-3, None, "serial"), Method(FULL, 1e-4)]


def equal_parameters(learning_rates: Sequence[float]) -> list[Method]:
    """One matrix form and the four tensor forms of nearly its size, at several learning rates.

    Parameters of a block's four maps: LoRA 4,224, CP 4,320, Tucker 4,300, train 3,648, ring 3,240.
    """
    sizes = {LORA: 1, "cp": 12, "tucker": 5, "tensor_train": 4, "tensor_ring": 3}
    return [Method(name, rate, rank, "parallel") for rate in learning_rates for name, rank in sizes.items()]


class Encoder(nn.Module):
    """The last ``layers`` blocks of the backbone, on hidden states that the frozen blocks below gave.

    With ``embeddings``, the embedding belongs to it as well and the input is token numbers.

    Shapes:
        hidden (B, L, D) or tokens (B, L), mask (B, L) -> (B, L, D)
    """

    def __init__(self, backbone: DistilBertModel, layers: int, *, embeddings: bool = False) -> None:
        super().__init__()
        blocks = backbone.transformer.layer
        self.layer = copy.deepcopy(blocks[len(blocks) - layers :])
        self.embeddings = copy.deepcopy(backbone.embeddings) if embeddings else None

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        if self.embeddings is not None:
            x = self.embeddings(x)
        bias = torch.zeros(mask.shape, dtype=x.dtype).masked_fill(~mask, torch.finfo(x.dtype).min)
        for block in self.layer:
            x = block(x, bias[:, None, None])
        return x


class Bottleneck(nn.Module):
    """Houlsby's adapter in its dense form: ``h + up(gelu(down(h)))``, up starting at zero."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Linear(base.out_features, BOTTLENECK)
        self.up = nn.Linear(BOTTLENECK, base.out_features)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = self.base(x)
        return h + cast(Tensor, self.up(gelu(self.down(h))))


def adapted(backbone: DistilBertModel, method: Method, *, layers: int, dtype: torch.dtype) -> nn.Module:
    """An encoder of its own whose parameters with ``requires_grad`` are what the method trains.

    Frozen weights are kept in ``dtype``, trained ones in float32.
    """
    if method.name == FULL:
        full = Encoder(backbone, backbone.config.n_layers, embeddings=True)
        return full.requires_grad_(True).eval()
    encoder = Encoder(backbone, layers).requires_grad_(False).to(dtype)
    model: nn.Module = encoder
    if method.name == HOULSBY:
        for name in [name for name, _ in encoder.named_modules() if name.endswith(tuple(SERIAL_TARGETS))]:
            encoder.set_submodule(name, Bottleneck(cast(nn.Linear, encoder.get_submodule(name))))
    else:
        model = peft.get_peft_model(cast(Any, encoder), _peft_config(method))
    return model.eval()


def _peft_config(method: Method) -> peft.PeftConfig:
    rank = method.rank or 0
    if method.name == LORA:
        return peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=PARALLEL_TARGETS)
    targets = SERIAL_TARGETS if method.kind == "serial" else PARALLEL_TARGETS
    return TensorAdapterConfig(
        decomposition=method.name,
        rank=rank,
        kind=str(method.kind),
        bottleneck=BOTTLENECK,
        target_modules=list(targets),
    )
