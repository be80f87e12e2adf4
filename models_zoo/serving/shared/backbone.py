"""One frozen encoder that answers for many tasks, a task of its own for every row of a batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import PeftConfig
from torch import Tensor
from torch.nn import functional

from compression import AdapterMismatch, FrozenAdapter, HalvesCache, StackedAdapters
from compression.stacked.cache import DEFAULT_BYTES
from models_zoo.backbones import Backbone
from models_zoo.encoding import encode
from models_zoo.serving.shared.activation import gelu_in_place
from models_zoo.serving.shared.dropout import ATTENTION, RowMasks, masks_active, row_dropout
from models_zoo.serving.shared.errors import SharedBackboneError
from models_zoo.serving.shared.heads import RowHeads
from models_zoo.serving.shared.table import TaskTable
from models_zoo.serving.shared.task import Head, LinearHead, TaskModel, heads_of

HEAD_DROPOUT = 0.1
AdapterFiles = Path | tuple[PeftConfig, Mapping[str, Tensor]]  # a folder that PEFT saved, or its contents

ROWS = 128  # of one forward: more would only take memory


@dataclass(frozen=True, slots=True)
class Answer:
    """What a task says about one text: head -> logits ``(T, C)``, or ``(T, L, C)`` where it is per token.

    L counts the text's own word pieces, [CLS] and [SEP] included; T is 1 without dropout.
    """

    task: str
    version: str
    logits: Mapping[str, Tensor]


class SharedBackbone:
    """Task models over one backbone. Safe for any number of threads; none waits for another.

    Args:
        backbone: the encoder; it is changed in place and must not be used for anything else.
        max_bytes: what the task models may take in memory; the least recently used ones then wait on disk.
        folder: where they wait; it belongs to this object alone.
        cache_bytes: for the half factors of adapters and batches in use.
        keep: how the factors and heads are kept, as given if None; ``torch.float16`` halves their memory.
    """

    def __init__(
        self,
        backbone: Backbone,
        *,
        max_bytes: int | None = None,
        folder: Path | None = None,
        cache_bytes: int = DEFAULT_BYTES,
        keep: torch.dtype | None = None,
    ) -> None:
        self.sha256 = backbone.sha256
        self._model = backbone.model.train(False)
        self._tokenizer = backbone.tokenizer
        row_dropout(self._model)
        gelu_in_place(self._model)
        self._model.set_attn_implementation(ATTENTION)
        self._cache = HalvesCache(cache_bytes)
        self._stacked = StackedAdapters(self._model, cache=self._cache)
        self._tasks = TaskTable(max_bytes, folder)
        self._keep = keep

    @property
    def tasks(self) -> list[str]:
        return self._tasks.names()

    @property
    def resident(self) -> list[str]:
        """The tasks that are in memory, not only on disk."""
        return self._tasks.resident()

    @property
    def size_bytes(self) -> int:
        """What the task models take in memory, beside the backbone and the cached halves."""
        return self._tasks.size_bytes

    def put(
        self,
        name: str,
        *,
        heads: Mapping[str, LinearHead],
        adapter: AdapterFiles | None,
        version: str = "",
        per_token: Collection[str] = (),
        dropout: float = HEAD_DROPOUT,
        encoder_dropout: float | None = None,
    ) -> TaskModel:
        """Add a task, or replace the one of that name between two batches.

        Everything is checked first: when the new one is refused, the running one stays.

        Args:
            adapter: None for the bare backbone.
            heads: name -> weight (C, D) and bias (C,).
            per_token: the heads that classify each token instead of the whole text.
            dropout: before the heads, when passes are drawn.
            encoder_dropout: within the encoder; None for its own.

        Raises:
            SharedBackboneError: ``refused_adapter`` or what ``heads_of`` raises; names the task.
        """
        width = self._model.config.dim
        specs, weights = heads_of(name, heads, per_token, width)
        if self._keep is not None:
            weights = weights.to(self._keep)
        task = TaskModel(
            name, version, self._adapter(name, adapter), specs, weights, dropout, encoder_dropout
        )
        self._forget(self._tasks.put(task))
        return task

    def remove(self, name: str) -> None:
        """Take a task out of service; batches that are under way still get its answer.

        Raises:
            SharedBackboneError: ``unknown_task``.
        """
        self._forget(self._tasks.remove(name))

    @torch.inference_mode()
    def predict(
        self, texts: Sequence[str], tasks: Sequence[str], *, passes: int = 0, seed: int | Sequence[int] = 0
    ) -> list[Answer]:
        """One ``Answer`` a text, each from its own task.

        Args:
            passes: passes of Monte-Carlo dropout; 0 for one pass without dropout.
            seed: one for all rows or one a row; with the number of passes it fixes a row's masks.

        Raises:
            SharedBackboneError: ``unknown_task``, ``damaged_task``.
        """
        seeds = [seed] * len(texts) if isinstance(seed, int) else list(seed)
        if not len(texts) == len(tasks) == len(seeds):
            raise ValueError(f"{len(texts)} texts, {len(tasks)} tasks and {len(seeds)} seeds do not match.")
        found = self._tasks.get(tasks)  # one look at the table: a later swap concerns later batches
        order = sorted(range(len(texts)), key=tasks.__getitem__)  # the same tasks are then the same batch
        answers: dict[int, Answer] = {}
        for start in range(0, len(texts), ROWS):
            rows = order[start : start + ROWS]
            batch = encode(self._tokenizer, [texts[row] for row in rows])
            models = [found[tasks[row]] for row in rows]
            ids, mask = batch.input_ids.to(self._model.device), batch.attention_mask.to(self._model.device)
            said = self._answers(ids, mask, models, passes, [seeds[row] for row in rows])
            answers |= zip(rows, said, strict=True)
        return [answers[row] for row in range(len(texts))]

    @torch.inference_mode()
    def embed(self, texts: Sequence[str]) -> Tensor:
        """Mean-pooled, unit-length vectors of the bare backbone: (n, D)."""
        found = [torch.empty(0, self._model.config.dim)]
        for start in range(0, len(texts), ROWS):
            batch = encode(self._tokenizer, texts[start : start + ROWS])
            ids, mask = batch.input_ids.to(self._model.device), batch.attention_mask.to(self._model.device)
            hidden = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
            found.append(functional.normalize(_mean(hidden, mask), dim=-1).cpu())
        return torch.cat(found)

    @torch.inference_mode()
    def read(
        self, input_ids: Tensor, attention_mask: Tensor, tasks: Sequence[str]
    ) -> list[dict[str, Tensor]]:
        """Head -> logits for each row of a tokenised batch ``(B, L)``, without dropout."""
        found = self._tasks.get(tasks)
        order = sorted(range(len(tasks)), key=tasks.__getitem__)
        rows = torch.tensor(order, device=input_ids.device)
        said = self._forward(input_ids[rows], attention_mask[rows], [found[tasks[row]] for row in order])
        return [logits for _, logits in sorted(zip(order, said, strict=True), key=lambda pair: pair[0])]

    def _answers(
        self, ids: Tensor, mask: Tensor, models: Sequence[TaskModel], passes: int, seeds: Sequence[int]
    ) -> list[Answer]:
        lengths = mask.sum(1).tolist()
        within = [model.encoder_dropout for model in models]
        settled = passes and all(model.settled_below for model in models)
        hidden = self._states(ids, mask, models) if settled else None
        drawn = []
        for number in range(max(1, passes)):
            masks = RowMasks(lengths, seeds, number, within) if passes else None
            drawn.append(self._forward(ids, mask, models, masks, hidden))
        return [
            Answer(
                model.name,
                model.version,
                {
                    head.name: torch.stack([_own(head, one[row], length) for one in drawn])
                    for head in model.heads
                },
            )
            for row, (model, length) in enumerate(zip(models, lengths, strict=True))
        ]

    def _forward(
        self,
        ids: Tensor,
        mask: Tensor,
        models: Sequence[TaskModel],
        masks: RowMasks | None = None,
        hidden: Tensor | None = None,
    ) -> list[dict[str, Tensor]]:
        """Head -> logits for each row; ``hidden`` where the encoder's states are known already."""
        hidden = self._states(ids, mask, models, masks) if hidden is None else hidden
        heads, pooled = RowHeads(models, hidden), _mean(hidden, mask)
        if masks is not None:
            rates = torch.tensor([model.dropout for model in models])
            pooled = masks.dropped(pooled, rates)
            hidden = masks.dropped(hidden, rates) if heads.any_per_token else hidden
        return heads(pooled, hidden)

    def _states(
        self, ids: Tensor, mask: Tensor, models: Sequence[TaskModel], masks: RowMasks | None = None
    ) -> Tensor:
        """What the heads are given: (B, L, D)."""
        adapters = [model.adapter for model in models]
        dropout = None if masks is None else masks.dropped
        drawing = nullcontext() if masks is None else masks_active(masks)
        with drawing, self._stacked.rows(adapters, dropout=dropout):
            found: Tensor = self._model(input_ids=ids, attention_mask=mask).last_hidden_state
            return found

    def _adapter(self, name: str, given: AdapterFiles | None) -> FrozenAdapter | None:
        if given is None:
            return None
        try:
            if isinstance(given, Path):
                return self._stacked.load(given, dtype=self._keep)
            return self._stacked.adapter(*given, dtype=self._keep)
        except AdapterMismatch as error:
            raise SharedBackboneError(
                "refused_adapter", f"The adapter of task {name!r} is refused: {error}"
            ) from error

    def _forget(self, replaced: TaskModel | None) -> None:
        if replaced is not None and replaced.adapter is not None:
            self._cache.discard(replaced.adapter)


def _own(head: Head, logits: Mapping[str, Tensor], length: int) -> Tensor:
    """A row's logits without those of its padding."""
    return logits[head.name][:length] if head.per_token else logits[head.name]


def _mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean over the positions that are not padding, as one product: (B, L, D) -> (B, D)."""
    weights = mask.to(hidden.dtype)
    return torch.bmm((weights / weights.sum(1, keepdim=True))[:, None], hidden)[:, 0]
