"""A task's texts as the frozen lower blocks see them: computed once, shared by every method and seed.

That is exact and no approximation: nothing below the adapted blocks is trained, and dropout is off.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from benchmarks.adapters_glue.methods import Encoder
from benchmarks.adapters_glue.probe import Probe, probe_of
from benchmarks.adapters_glue.settings import Settings
from benchmarks.adapters_glue.tasks import Row, Task
from models_zoo.backbones import Backbone

BATCH = 64


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a task of N rows.

    Attributes:
        tokens, hidden: (L,) and (L, D) of every text, without padding; of pairs all first texts, then all
            second ones.
        read: what a head reads of the unchanged encoder, (N, D) or (N, 2 D).
        targets: (N,)
    """

    tokens: list[Tensor]
    hidden: list[Tensor]
    read: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.targets)

    def texts_of(self, rows: list[int]) -> list[int]:
        """Places in ``tokens`` and ``hidden``."""
        return rows if len(self.tokens) == len(self) else rows + [row + len(self) for row in rows]

    def lengths(self) -> list[int]:
        """Tokens of every row's longest text."""
        return [max(len(self.tokens[text]) for text in self.texts_of([row])) for row in range(len(self))]


@dataclass(frozen=True, slots=True)
class Features:
    train: Part
    test: Part
    probe: Probe


def features_of(task: Task, backbone: Backbone, settings: Settings) -> Features:
    """Everything below the adapted blocks, and what the probe reads of the last hidden state."""
    train, test = (_part(rows, task, backbone, settings) for rows in (task.train, task.test))
    return Features(train, test, probe_of(train.read, train.targets, len(task.labels)))


@torch.no_grad()  # not inference_mode: training reads these tensors
def _part(rows: Sequence[Row], task: Task, backbone: Backbone, settings: Settings) -> Part:
    layers, dtype = settings.layers, settings.dtype
    texts = [row.first for row in rows] + [row.second for row in rows if row.second is not None]
    ids = [torch.tensor(each) for each in _token_ids(texts, backbone, settings.tokens)]
    upper = Encoder(backbone.model, layers).eval()
    lower = backbone.model.transformer.layer[: backbone.model.config.n_layers - layers]
    hidden: list[Tensor] = [torch.empty(0)] * len(texts)
    pooled = torch.empty(len(texts), backbone.model.config.dim)
    for chosen in by_length([len(each) for each in ids], BATCH):
        batch, mask = padded([ids[text] for text in chosen])
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            x = backbone.model.embeddings(batch)
            bias = torch.zeros(mask.shape).masked_fill(~mask, torch.finfo(torch.float32).min)
            for block in lower:
                x = block(x, bias[:, None, None])
            last = upper(x, mask).float()
        pooled[chosen] = mean(last, mask)
        for position, text in enumerate(chosen):
            hidden[text] = x[position, : len(ids[text])].to(dtype).clone()
    return Part(ids, hidden, read(pooled, len(rows)), torch.tensor(task.targets(rows)))


def _token_ids(texts: Sequence[str], backbone: Backbone, tokens: int) -> list[list[int]]:
    ids: list[list[int]] = backbone.tokenizer(list(texts), truncation=True, max_length=tokens)["input_ids"]
    return ids


def read(pooled: Tensor, rows: int) -> Tensor:
    """What the head sees: the text's vector, or |u - v| and u v of a pair's (Reimers & Gurevych 2019).

    Vectors are brought to length sqrt(D), entries of about 1.

    Shapes:
        (rows, D) -> (rows, D); (2 rows, D), first texts before second ones, -> (rows, 2 D)
    """
    vectors: Tensor = functional.normalize(pooled, dim=-1) * pooled.shape[1] ** 0.5
    if len(vectors) == rows:
        return vectors
    first, second = vectors.chunk(2)
    return torch.cat([(first - second).abs(), first * second], dim=-1)


def by_length(lengths: Sequence[int], size: int) -> Iterator[list[int]]:
    """Row numbers in batches of similar length, so that little is padding."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for start in range(0, len(order), size):
        yield order[start : start + size]


def padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Rows (L, ...) -> (B, longest L, ...) and the mask (B, longest L) of what is no padding."""
    lengths = torch.tensor([len(row) for row in rows])
    batch = pad_sequence(list(rows), batch_first=True)
    return batch, torch.arange(batch.shape[1])[None] < lengths[:, None]


def mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """(B, L, D), (B, L) -> (B, D), over what is no padding."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    pooled: Tensor = (hidden * weights).sum(1) / weights.sum(1)
    return pooled
