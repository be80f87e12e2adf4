"""One shared encoder, one adapter, three small heads: dialogue act, question type, entities.

The pretrained weights stay frozen. What is trained is the adapter inside the encoder (any method that PEFT
knows, the tensorised one of ``compression`` by default) and the heads; only that is stored.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import torch
from peft import PeftConfig, PeftModel, get_peft_model
from torch import Tensor, nn
from torch.nn import functional

from models_zoo.backbones import Backbone
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES, TAGS
from models_zoo.uncertainty.dropout import SeededDropout, seed_dropout, set_dropout

# PEFT 0.21 asks transformers 5 for a property by its old name; nobody using this package can mend that.
warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated", category=FutureWarning)


@dataclass(frozen=True, slots=True)
class Logits:
    """Unnormalised scores: ``dialogue_act`` (B, 9), ``question_type`` (B, 4), ``tags`` (B, L, 11)."""

    dialogue_act: Tensor
    question_type: Tensor
    tags: Tensor


class UnderstandingModel(nn.Module):
    """Reads an utterance three ways in one pass.

    Args:
        backbone: the frozen encoder; its modules are changed in place, so load one per model.
        adapter: the PEFT configuration of the adapter.
        dropout: probability of dropping a unit before each head.
        encoder_dropout: the same within the encoder and its adapter; None for what those say themselves.

    Shapes:
        ``input_ids``, ``attention_mask`` (B, L) -> ``Logits``; without a mask, no position is padding.
    """

    def __init__(
        self,
        backbone: Backbone,
        adapter: PeftConfig,
        *,
        dropout: float = 0.1,
        encoder_dropout: float | None = None,
    ) -> None:
        super().__init__()
        self.encoder_dropout = encoder_dropout
        width = backbone.model.config.dim
        self.encoder: PeftModel = get_peft_model(backbone.model, adapter)
        self.dropout: nn.Module = nn.Dropout(dropout)
        self.heads = nn.ModuleDict(
            {
                "dialogue_act": nn.Linear(width, len(DIALOGUE_ACTS)),
                "question_type": nn.Linear(width, len(QUESTION_TYPES)),
                "tags": nn.Linear(width, len(TAGS)),
            }
        )
        self.randomness = seed_dropout(self)
        if encoder_dropout is not None:
            set_dropout(self.encoder, encoder_dropout)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Logits:
        return self.judge(self.states(input_ids, attention_mask), attention_mask)

    def states(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """What the heads are given: (B, L) -> (B, L, D)."""
        found: Tensor = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return found

    def judge(self, hidden: Tensor, attention_mask: Tensor | None = None) -> Logits:
        """The heads on the encoder's states (B, L, D), with masks of their own for every row."""
        pooled = self.dropout(mean_pool(hidden, attention_mask))  # (B, D)
        return Logits(
            self.heads["dialogue_act"](pooled),
            self.heads["question_type"](pooled),
            self.heads["tags"](self.dropout(hidden)),
        )

    @property
    def head_dropout(self) -> float:
        """The probability of the dropout before the heads."""
        return cast(SeededDropout, self.dropout).p

    @property
    def settled_below(self) -> bool:
        """Whether passes differ before the heads only: then one reading of the encoder serves them all."""
        return self.encoder_dropout == 0

    @torch.inference_mode()
    def embed(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """Mean-pooled, unit-length vectors of the frozen backbone, adapter and dropout off: (B, D)."""
        with self._bare():
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return functional.normalize(mean_pool(hidden, attention_mask), dim=-1)

    @contextmanager
    def _bare(self) -> Iterator[None]:
        was_training = self.training
        self.eval()
        with self.encoder.disable_adapter():
            yield
        self.train(was_training)

    def trainable_state(self) -> dict[str, Tensor]:
        """What training changes, by name."""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


def mean_pool(hidden: Tensor, attention_mask: Tensor | None) -> Tensor:
    """The mean over the positions that are not padding: (B, L, D) -> (B, D)."""
    if attention_mask is None:
        return hidden.mean(1)
    weights = attention_mask.unsqueeze(-1).to(hidden.dtype)  # (B, L, 1)
    return (hidden * weights).sum(1) / weights.sum(1)
