"""The training loop: one loss over three heads, with labels that may be missing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from models_zoo.backbones import Tokenizer
from models_zoo.classifiers.understanding import Logits, UnderstandingModel
from models_zoo.encoding import IGNORED, Batch, encode, tag_targets
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from models_zoo.training.config import TrainingConfig
from models_zoo.training.examples import Example
from models_zoo.training.masking import masked

WARM_UP_SHARE = 0.1
GRADIENT_NORM = 1.0
BUCKET = 8  # batches whose examples are sorted by length together, so that little is padding


class TrainingCancelled(Exception):
    """The run was asked to stop; nothing was published."""


Progress = Callable[[float, str], None]  # share done in 0..1, and what is being done
Cancelled = Callable[[], bool]
Loss = Callable[[UnderstandingModel, Tokenizer, Sequence[Example]], Tensor]  # of a batch, a scalar


def fit(
    model: UnderstandingModel,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    config: TrainingConfig,
    *,
    progress: Progress,
    cancelled: Cancelled,
    loss: Loss | None = None,
) -> None:
    """Train adapter and heads in place; same seed, same result.

    Args:
        loss: of a batch; by default ``loss_of``, from the examples' own labels and with masked tokens.

    Raises:
        TrainingCancelled: ``cancelled()`` turned true; it is asked before every step.
    """
    parameters = list(model.trainable_state().values())
    optimiser = torch.optim.AdamW(parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
    steps = config.epochs * -(-len(examples) // config.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_factor(step, steps))
    loss = loss or partial(loss_of, token_masking=config.token_masking)
    model.randomness.seed(config.seed)
    model.train()
    for step, rows in enumerate(_batches(examples, config)):
        if cancelled():
            raise TrainingCancelled(f"stopped after {step} of {steps} steps")
        batch_loss = loss(model, tokenizer, rows)
        optimiser.zero_grad()
        batch_loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        clip_grad_norm_(parameters, GRADIENT_NORM)
        optimiser.step()
        schedule.step()
        progress((step + 1) / steps, f"step {step + 1} of {steps}, loss {batch_loss.item():.3f}")
    model.eval()


def rate_factor(step: int, steps: int) -> float:
    """Linear from 0 to 1 over the warm-up, then linear to 0."""
    warm_up = max(1, round(steps * WARM_UP_SHARE))
    if step < warm_up:
        return (step + 1) / warm_up
    return max(0.0, (steps - step) / max(1, steps - warm_up))


def _batches(examples: Sequence[Example], config: TrainingConfig) -> Iterator[list[Example]]:
    """Every example once an epoch, in random batches of similar length."""
    shuffler = random.Random(config.seed)  # noqa: S311 - reproducible on purpose
    size = config.batch_size
    for _ in range(config.epochs):
        order = shuffler.sample(list(examples), len(examples))
        batches = []
        for start in range(0, len(order), size * BUCKET):
            bucket = sorted(order[start : start + size * BUCKET], key=lambda example: len(example.text))
            batches += [bucket[first : first + size] for first in range(0, len(bucket), size)]
        yield from shuffler.sample(batches, len(batches))


def loss_of(
    model: UnderstandingModel,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    *,
    token_masking: float = 0.0,
) -> Tensor:
    """The sum of the three heads' weighted mean cross entropies, in nats."""
    batch = encode(tokenizer, [example.text for example in examples])
    batch = masked(batch, tokenizer, token_masking, model.randomness)
    device = next(model.parameters()).device
    logits: Logits = model(batch.input_ids.to(device), batch.attention_mask.to(device))
    weights = torch.tensor([example.weight for example in examples], device=device)  # (B,)
    acts = _targets([example.dialogue_act for example in examples], DIALOGUE_ACTS).to(device)
    types = _targets([example.question_type for example in examples], QUESTION_TYPES).to(device)
    tags = _tags(batch, examples).to(device)  # (B, L)
    return (
        _weighted(logits.dialogue_act, acts, weights)
        + _weighted(logits.question_type, types, weights)
        + _weighted(logits.tags.flatten(0, 1), tags.flatten(), weights.repeat_interleave(tags.shape[1]))
    )


def _tags(batch: Batch, examples: Sequence[Example]) -> Tensor:
    return tag_targets(batch, [example.entities for example in examples])


def _targets(labels: Sequence[str | None], names: tuple[str, ...]) -> Tensor:
    return torch.tensor([IGNORED if label is None else names.index(label) for label in labels])


def _weighted(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Mean cross entropy over the labelled rows, each counting by its weight; 0 when there is none.

    Shapes:
        (N, C), (N,), (N,) -> ()
    """
    weights = weights * (targets != IGNORED)
    losses = functional.cross_entropy(logits, targets, ignore_index=IGNORED, reduction="none")  # (N,)
    return (losses * weights).sum() / weights.sum().clamp_min(1e-9)
