"""Temperature scaling (Guo et al. 2017) of each head, on examples that were not trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from scipy.optimize import minimize_scalar
from torch import Tensor
from torch.nn import functional

from models_zoo.backbones import Tokenizer
from models_zoo.classifiers.understanding import Logits, UnderstandingModel
from models_zoo.encoding import IGNORED, encode, tag_targets
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from models_zoo.training.examples import Example
from models_zoo.uncertainty.dropout import dropout_active

PASSES = 8
LEAST_EXAMPLES = 30  # a temperature from fewer labels is worse than the one there is
PRIOR_SPREAD = 0.3  # of the temperature's logarithm: a few easy examples must not make a model overbold
BOUNDS = (math.log(0.25), math.log(4.0))  # temperatures beyond these mean a broken model, not doubt


def fit_temperatures(
    model: UnderstandingModel,
    tokenizer: Tokenizer,
    examples: Sequence[Example],
    *,
    before: dict[str, float],
    seed: int = 0,
) -> dict[str, float]:
    """Head -> the temperature that makes the mean of the dropout passes most likely.

    Args:
        before: temperatures to keep for heads with fewer than 30 labelled examples; 1 where absent.
    """
    heads = {"dialogue_act": DIALOGUE_ACTS, "question_type": QUESTION_TYPES}
    found = {"dialogue_act": 1.0, "question_type": 1.0, "tags": 1.0} | before
    model.randomness.seed(seed)
    with torch.inference_mode(), dropout_active(model):
        collected = [_passes(model, tokenizer, example) for example in examples]
    for head, names in heads.items():
        labelled = [
            (getattr(logits, head), torch.tensor([names.index(getattr(example, head))]))
            for example, logits in zip(examples, collected, strict=True)
            if getattr(example, head) is not None
        ]
        if len(labelled) >= LEAST_EXAMPLES:
            stacked = torch.stack([logits for logits, _ in labelled], dim=1)  # (T, N, C)
            found[head] = best_temperature(stacked, torch.cat([target for _, target in labelled]))
    tagged = [
        (logits.tags, _tags(tokenizer, example)) for example, logits in zip(examples, collected, strict=True)
    ]
    words = [(logits[:, tags != IGNORED], tags[tags != IGNORED]) for logits, tags in tagged]
    if sum(len(targets) > 0 for _, targets in words) >= LEAST_EXAMPLES:
        found["tags"] = best_temperature(
            torch.cat([logits for logits, _ in words], dim=1), torch.cat([targets for _, targets in words])
        )
    return found


def _passes(model: UnderstandingModel, tokenizer: Tokenizer, example: Example) -> Logits:
    ids = encode(tokenizer, [example.text]).input_ids.to(next(model.parameters()).device)
    logits: Logits = model(ids.expand(PASSES, -1))
    return Logits(logits.dialogue_act.cpu(), logits.question_type.cpu(), logits.tags.cpu())


def _tags(tokenizer: Tokenizer, example: Example) -> Tensor:
    return tag_targets(encode(tokenizer, [example.text]), [example.entities])[0]  # (L,)


def best_temperature(logits: Tensor, targets: Tensor) -> float:
    """The most probable temperature: likelihood of the mean probabilities, log-normal prior around 1.

    Shapes:
        logits (T, N, C), targets (N,)
    """
    logits = logits.double()

    def negative_log_posterior(log_temperature: float) -> float:
        mean = (logits / math.exp(log_temperature)).softmax(-1).mean(0)  # (N, C)
        likelihood = functional.nll_loss(mean.clamp_min(1e-12).log(), targets, reduction="sum")
        return float(likelihood) + (log_temperature / PRIOR_SPREAD) ** 2 / 2

    found = minimize_scalar(negative_log_posterior, bounds=BOUNDS, method="bounded")
    return round(math.exp(found.x), 4)
