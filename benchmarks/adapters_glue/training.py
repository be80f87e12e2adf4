"""One cell of the matrix: train a method on a task with one seed, and say what it answers."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from peft.helpers import disable_input_dtype_casting
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from benchmarks.adapters_glue.features import Features, Part, by_length, mean, padded, read
from benchmarks.adapters_glue.methods import FULL, PROBE, Method, adapted
from benchmarks.adapters_glue.probe import standardised
from benchmarks.adapters_glue.settings import Settings
from models_zoo.backbones import Backbone
from models_zoo.training.fitting import BUCKET, GRADIENT_NORM, rate_factor

HEAD_RATE = 1e-3
WEIGHT_DECAY = 0.01
EVALUATION_BATCH = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """``answers`` are class numbers or scores, one a test row; ``train_s`` is CPU time."""

    answers: list[float]
    params: int
    train_s: float


def outcome_of(
    method: Method, features: Features, backbone: Backbone, *, classes: int, settings: Settings, seed: int
) -> Outcome:
    """Train and answer. Every method starts from the probe's head (Kumar et al., arXiv:2202.10054).

    Args:
        classes: 0 for a regression.
    """
    head = copy.deepcopy(features.probe.head)
    if method.name == PROBE:
        with torch.inference_mode():
            answers = _said(head(features.test.read), classes)
        return Outcome(answers, _count(head), features.probe.train_s)
    torch.manual_seed(seed)
    model = adapted(backbone.model, method, layers=settings.layers, dtype=settings.dtype)
    started = time.process_time()
    _fit(model, head, method, features.train, classes=classes, settings=settings, seed=seed)
    train_s = time.process_time() - started
    answers = _answers(model, head, method, features.test, classes=classes, settings=settings)
    return Outcome(answers, _count(model) + _count(head), train_s)


def _count(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters() if value.requires_grad)


def _said(logits: Tensor, classes: int) -> list[float]:
    answers = logits.argmax(-1) if classes else logits[:, 0]
    return [round(float(answer), 4) for answer in answers]


def _fit(
    model: nn.Module,
    head: nn.Linear,
    method: Method,
    part: Part,
    *,
    classes: int,
    settings: Settings,
    seed: int,
) -> None:
    adapters = [value for value in model.parameters() if value.requires_grad]
    groups = [
        {"params": adapters, "lr": method.learning_rate},
        {"params": list(head.parameters()), "lr": HEAD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    batches = list(_batches(part, settings, seed))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_factor(step, len(batches)))
    targets = part.targets.long() if classes else standardised(part.targets)
    for rows in batches:
        logits = _logits(model, head, method, part, rows, settings)
        if classes:
            loss = functional.cross_entropy(logits, targets[rows])
        else:
            loss = functional.mse_loss(logits[:, 0], targets[rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        clip_grad_norm_([*adapters, *head.parameters()], GRADIENT_NORM)
        optimiser.step()
        schedule.step()


def _batches(part: Part, settings: Settings, seed: int) -> Iterator[list[int]]:
    """Every row once an epoch, in random batches of similar length."""
    shuffler = random.Random(seed)
    size, lengths = max(1, settings.batch_size * len(part) // len(part.tokens)), part.lengths()
    for _ in range(settings.epochs):
        order = shuffler.sample(range(len(part)), len(part))
        batches = []
        for start in range(0, len(order), size * BUCKET):
            bucket = order[start : start + size * BUCKET]
            chosen = by_length([lengths[row] for row in bucket], size)
            batches += [[bucket[place] for place in places] for places in chosen]
        yield from shuffler.sample(batches, len(batches))


def _logits(
    model: nn.Module, head: nn.Linear, method: Method, part: Part, rows: list[int], settings: Settings
) -> Tensor:
    inputs = part.tokens if method.name == FULL else part.hidden
    x, mask = padded([inputs[text] for text in part.texts_of(rows)])
    peft_model = hasattr(model, "peft_config")
    casting = disable_input_dtype_casting(model) if peft_model else nullcontext()
    with torch.autocast("cpu", settings.dtype, enabled=settings.precision != "fp32"), casting:
        hidden = model(x, mask)
    logits: Tensor = head(read(mean(hidden.float(), mask), len(rows)))
    return logits


@torch.inference_mode()
def _answers(
    model: nn.Module, head: nn.Linear, method: Method, part: Part, *, classes: int, settings: Settings
) -> list[float]:
    logits = torch.empty(len(part), max(1, classes))
    for rows in by_length(part.lengths(), EVALUATION_BATCH):
        logits[rows] = _logits(model, head, method, part, rows, settings)
    return _said(logits, classes)
