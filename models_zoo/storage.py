"""A trained model as files of a version folder, and back. Only safetensors, never pickle.

adapter/adapter_config.json      the PEFT configuration: which method, where, how large
adapter.safetensors              its weights
heads.safetensors                the three heads; the probabilities of the dropout before and below them
one_pass.safetensors             what many passes would say, read off one; not in every version
familiar.safetensors             the training utterances as unit vectors, 8 bits a number
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from peft import PeftConfig, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

import compression  # noqa: F401 - registers its adapters with PEFT
from models_zoo.backbones import Backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.uncertainty.one_pass import Distilled
from models_zoo.version_folder import ModelStoreError

HEADS, ONE_PASS = "heads.safetensors", "one_pass.safetensors"
DROPOUT, DROPOUT_BEFORE_IT_WAS_STORED = "dropout", "0.1"
ADAPTER = "default"  # PEFT's own name for a model's only adapter
# What libraries raise at files of other names, kinds, shapes or lengths than these.
MALFORMED = (SafetensorError, KeyError, ValueError, TypeError, RuntimeError, OSError, AttributeError)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Whatever is wrong with a version's content is one error, so that those who serve can go on without it.

    Raises:
        ModelStoreError: ``unreadable_version``; the checksums fit, but this is no model for the encoder.
    """
    try:
        yield
    except MALFORMED as error:
        raise ModelStoreError(
            "unreadable_version",
            f"The files in {folder} are no model for this encoder; roll back to another version and train "
            f"again. ({type(error).__name__}: {str(error)[:200]})",
        ) from error


def write_model(
    model: UnderstandingModel,
    familiar: Tensor,
    folder: Path,
    distilled: Mapping[str, Distilled] | None = None,
) -> None:
    """Write adapter, heads, what was distilled, and the embeddings ``familiar`` (N, D) of its texts."""
    model.encoder.peft_config[ADAPTER].save_pretrained(str(folder / "adapter"))
    _save(
        get_peft_model_state_dict(model.encoder, save_embedding_layers=False), folder / "adapter.safetensors"
    )
    before, below = model.head_dropout, model.encoder_dropout
    dropout = json.dumps(before if below is None else [before, below])  # safetensors keeps no order of keys
    _save(model.heads.state_dict(), folder / HEADS, {DROPOUT: dropout})
    _save({"embeddings": quantised(familiar)}, folder / "familiar.safetensors")
    if distilled:
        named = {head: learned.tensors() for head, learned in distilled.items()}
        _save(
            {f"{head}.{name}": value for head, tensors in named.items() for name, value in tensors.items()},
            folder / ONE_PASS,
        )


def read_model(folder: Path, backbone: Backbone) -> UnderstandingModel:
    """The model of a folder on top of ``backbone``, in evaluation mode.

    Raises:
        KeyError: the adapter's weights are not those of its configuration; more in ``reading``.
    """
    adapter = cast(PeftConfig, PeftConfig.from_pretrained(str(folder / "adapter")))
    heads = read_heads(folder)
    model = UnderstandingModel(
        backbone, adapter, dropout=heads.dropout, encoder_dropout=heads.encoder_dropout
    )
    weights = load_file(folder / "adapter.safetensors")
    if weights.keys() != get_peft_model_state_dict(model.encoder, save_embedding_layers=False).keys():
        raise KeyError("the adapter's weights have other names")  # PEFT would leave those out silently
    set_peft_model_state_dict(model.encoder, weights)
    model.heads.load_state_dict(heads.weights)
    return model.eval()


@dataclass(frozen=True, slots=True)
class StoredHeads:
    """Weights and biases by name, the dropout before them, and that below; None for the encoder's own."""

    weights: dict[str, Tensor]
    dropout: float
    encoder_dropout: float | None


def read_heads(folder: Path) -> StoredHeads:
    """The heads of a version's folder."""
    with safe_open(folder / HEADS, framework="pt") as file:
        told = json.loads((file.metadata() or {}).get(DROPOUT, DROPOUT_BEFORE_IT_WAS_STORED))
    before, below = told if isinstance(told, list) else (told, None)
    return StoredHeads(load_file(folder / HEADS), float(before), None if below is None else float(below))


def read_distilled(folder: Path) -> dict[str, Distilled]:
    """Head -> what was distilled for it; empty where a version has nothing of the kind."""
    if not (folder / ONE_PASS).is_file():
        return {}
    found: dict[str, dict[str, Tensor]] = {}
    for name, value in load_file(folder / ONE_PASS).items():
        head, _, field = name.partition(".")
        found.setdefault(head, {})[field] = value
    return {head: Distilled(**tensors) for head, tensors in found.items()}


def read_familiar(folder: Path) -> Tensor:
    """The unit vectors (N, D) of the utterances the model was trained on."""
    stored = load_file(folder / "familiar.safetensors")["embeddings"].float()
    return torch.nn.functional.normalize(stored, dim=-1)


def quantised(unit_vectors: Tensor) -> Tensor:
    """Each row scaled to fill 8 signed bits. The scale is lost: a unit vector's is known."""
    largest = unit_vectors.abs().amax(-1, keepdim=True)  # (N, 1)
    return (unit_vectors / largest * 127).round().to(torch.int8)


def _save(tensors: dict[str, Tensor], path: Path, metadata: dict[str, str] | None = None) -> None:
    plain = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
    save_file(plain, path, metadata)
