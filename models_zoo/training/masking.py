"""Token masking: hiding some word pieces of a training line, so that no single one of them decides alone."""

from __future__ import annotations

from dataclasses import replace

import torch

from models_zoo.backbones import Tokenizer
from models_zoo.encoding import Batch
from models_zoo.uncertainty.dropout import RandomSource


def masked(batch: Batch, tokenizer: Tokenizer, p: float, randomness: RandomSource) -> Batch:
    """The batch with each of its word pieces replaced by the mask token with probability ``p``.

    Special tokens and padding stay. A word whose first piece is hidden is no longer among the batch's words:
    nobody can tell how to tag it. At 0 nothing is drawn.
    """
    if p == 0:
        return batch
    special = torch.isin(batch.input_ids, torch.tensor(tokenizer.all_special_ids))  # (B, L)
    hidden = ~randomness.keep(batch.input_ids, p) & ~special
    return replace(
        batch,
        input_ids=batch.input_ids.masked_fill(hidden, tokenizer.mask_token_id),
        words=tuple(
            tuple(word for word in words if not hidden[row, word.token])
            for row, words in enumerate(batch.words)
        ),
    )
