"""A trained model as files of a version folder, and back. Only safetensors, never pickle.

adapter/adapter_config.json      the PEFT configuration: which method, where, how large
adapter.safetensors              its weights
heads.safetensors                the three heads
familiar.safetensors             the training utterances as unit vectors, 8 bits a number
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import torch
from peft import PeftConfig, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import Tensor

import compression  # noqa: F401 - registers its adapters with PEFT
from models_zoo.backbones import Backbone
from models_zoo.classifiers.understanding import UnderstandingModel

ADAPTER = "default"  # PEFT's own name for a model's only adapter


def write_model(model: UnderstandingModel, familiar: Tensor, folder: Path) -> None:
    """Write adapter, heads and the embeddings ``familiar`` (N, D) of the training utterances."""
    model.encoder.peft_config[ADAPTER].save_pretrained(str(folder / "adapter"))
    _save(
        get_peft_model_state_dict(model.encoder, save_embedding_layers=False), folder / "adapter.safetensors"
    )
    _save(model.heads.state_dict(), folder / "heads.safetensors")
    _save({"embeddings": quantised(familiar)}, folder / "familiar.safetensors")


def read_model(folder: Path, backbone: Backbone) -> UnderstandingModel:
    """The model of a folder on top of ``backbone``, in evaluation mode."""
    adapter = cast(PeftConfig, PeftConfig.from_pretrained(str(folder / "adapter")))
    model = UnderstandingModel(backbone, adapter)
    set_peft_model_state_dict(model.encoder, load_file(folder / "adapter.safetensors"))
    model.heads.load_state_dict(load_file(folder / "heads.safetensors"))
    return model.eval()


def read_familiar(folder: Path) -> Tensor:
    """The unit vectors (N, D) of the utterances the model was trained on."""
    stored = load_file(folder / "familiar.safetensors")["embeddings"].float()
    return torch.nn.functional.normalize(stored, dim=-1)


def quantised(unit_vectors: Tensor) -> Tensor:
    """Each row scaled to fill 8 signed bits. The scale is lost: a unit vector's is known."""
    largest = unit_vectors.abs().amax(-1, keepdim=True)  # (N, 1)
    return (unit_vectors / largest * 127).round().to(torch.int8)


def _save(tensors: dict[str, Tensor], path: Path) -> None:
    save_file({name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}, path)
