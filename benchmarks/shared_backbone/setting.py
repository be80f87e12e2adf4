"""What a run of this benchmark measures."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import torch
from peft import LoraConfig, PeftConfig
from transformers import DistilBertConfig, DistilBertModel

from compression import TensorAdapterConfig
from models_zoo.backbones import Backbone, load_backbone

ONE = ("q_lin",)
ALL = ("q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2")
MAPS = {"one map": ONE, "all maps": ALL}
CLASSES = 4
SIZES = {"bert-base": (768, 12, 3072), "tiny": (32, 2, 64)}  # width, layers and heads' common number, inner


@dataclass(frozen=True)
class Setting:
    """One run's sizes; on a GPU the defaults are those of a larger model and batch."""

    tasks: tuple[int, ...]
    lengths: tuple[int, ...]
    batches: tuple[int, ...]
    rank: int
    decomposition: str
    rounds: int
    peft_most: int
    copies_most: int
    device: str
    dtype: str
    backbone: str
    peers: bool

    @classmethod
    def of(cls, given: argparse.Namespace) -> Setting:
        """Raises:
        SystemExit: a GPU was asked for and there is none.
        """
        gpu = given.device != "cpu"
        if gpu and not torch.cuda.is_available():
            raise SystemExit("There is no CUDA device here; run without --device.")
        return cls(
            tasks=tuple(sorted(given.tasks)),
            lengths=tuple(given.lengths),
            batches=tuple(given.batches or ((64,) if gpu else (10, 100))),
            rank=given.rank,
            decomposition=given.decomposition,
            rounds=given.rounds,
            peft_most=given.peft_most,
            copies_most=given.copies_most,
            device=given.device,
            dtype=given.dtype or ("bfloat16" if gpu else "float32"),
            backbone=given.backbone or ("bert-base" if gpu else "packaged"),
            peers=not given.no_peers,
        )

    def adapter(self, maps: str) -> TensorAdapterConfig:
        return TensorAdapterConfig(
            decomposition=self.decomposition,
            rank=self.rank,
            target_modules=list(MAPS[maps]),
            init_weights=False,
        )

    def lora(self, maps: str) -> PeftConfig:
        return LoraConfig(r=self.rank, target_modules=list(MAPS[maps]), init_lora_weights=False)

    def load(self) -> Backbone:
        """A fresh backbone, on the device and of the type asked for, with PyTorch's fused attention."""
        if self.backbone == "packaged":
            backbone = load_backbone()
        else:
            width, layers, inner = SIZES[self.backbone]
            config = DistilBertConfig(dim=width, n_layers=layers, n_heads=layers, hidden_dim=inner)
            torch.manual_seed(0)
            model = DistilBertModel(config).requires_grad_(False).train(False)
            backbone = Backbone(self.backbone, model, load_backbone().tokenizer, sha256="")
        backbone.model.to(device=self.device, dtype=getattr(torch, self.dtype))  # type: ignore[call-arg]
        backbone.model.set_attn_implementation("sdpa")
        return backbone
