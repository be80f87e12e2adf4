"""Learning to say from one pass what many dropout passes would say.

Training utterances are read once without dropout and a few times with it; no labels are needed. Few passes
of many utterances teach more than many passes of few: what is learned are averages and a regression, and the
noise of single utterances goes out of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import cast

import numpy as np
import torch
from scipy.stats import spearmanr
from sklearn.linear_model import RidgeCV
from torch import Tensor, nn

from models_zoo.backbones import Tokenizer
from models_zoo.classifiers.understanding import UnderstandingModel, mean_pool
from models_zoo.encoding import encode
from models_zoo.manifest import Distillation, Ranking
from models_zoo.training.config import TrainingConfig
from models_zoo.training.examples import load_corpus, split
from models_zoo.uncertainty.measures import Measures, measures_of
from models_zoo.uncertainty.one_pass import (
    LENGTH,
    SMALLEST,
    Distilled,
    inputs_of,
    one_pass,
)
from models_zoo.uncertainty.passes import draw_many

HEADS = ("dialogue_act", "question_type", "tags")
ALPHAS = tuple(np.logspace(-2, 5, 15))
REFERENCE_PASSES = 100
LEAST_VARIANCE = 1e-6  # of a logit, in any direction
Between = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Read:
    """One head's positions of one utterance: states (N, D) of one pass, logits (T, N, C) of drawn ones."""

    states: Tensor
    logits: Tensor
    length: int


def distil(
    model: UnderstandingModel,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    *,
    temperatures: Mapping[str, float],
    passes: int,
    seed: int,
    between: Between = lambda share: None,
) -> dict[str, Distilled]:
    """Head -> what was learned about it; nothing need be where only the heads have dropout.

    Args:
        temperatures: head -> what its logits are divided by when it serves.
        between: called now and then with the share that is done; may raise to stop.
    """
    if model.settled_below:
        return {head: _known(model, head) for head in HEADS}
    read = read_both_ways(model, tokenizer, texts, passes=passes, seed=seed, between=between, quick=True)
    return {head: _fit(model, head, temperatures.get(head, 1.0), read[head]) for head in HEADS}


def distilled_version(
    model: UnderstandingModel,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    held_out: Sequence[str],
    config: TrainingConfig,
    temperatures: Mapping[str, float],
    *,
    between: Between,
) -> tuple[dict[str, Distilled], Distillation | None]:
    """What a new version learns from its training texts, and how that ranks on held-out ones."""
    if config.distillation_texts == 0:
        return {}, None
    taught = [] if model.settled_below else augmented(texts, config.distillation_texts, config.seed)
    learned = distil(
        model,
        tokenizer,
        taught,
        temperatures=temperatures,
        passes=config.distillation_passes,
        seed=config.seed,
        between=lambda share: between(0.5 * share),
    )
    chosen = _checked_on(held_out, config.distillation_checked)
    checked = read_both_ways(
        model,
        tokenizer,
        chosen,
        passes=REFERENCE_PASSES,
        seed=config.seed + 1,
        between=lambda share: between(0.5 + 0.5 * share),
        quick=True,
    )
    return learned, Distillation(
        texts=len(taught),
        passes=config.distillation_passes if taught else 0,
        reference_passes=REFERENCE_PASSES,
        ranking=rankings(model, learned, checked, temperatures),
    )


def _checked_on(held_out: Sequence[str], wanted: int) -> list[str]:
    """Held-out texts, and where they are few the corpus's held-out lines: ranking asks for no labels."""
    corpus = [line.text for line in split(load_corpus()).held_out]
    return list(dict.fromkeys([*held_out, *corpus]))[:wanted]


def read_both_ways(
    model: UnderstandingModel,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    *,
    passes: int,
    seed: int,
    between: Between = lambda share: None,
    quick: bool = False,
) -> dict[str, list[Read]]:
    """Head -> each text's states without dropout, and logits with it; tags at the first piece of a word."""
    batches = [encode(tokenizer, [text]) for text in texts]
    device = next(model.parameters()).device
    utterances = [batch.input_ids[0].to(device) for batch in batches]
    drawn = draw_many(model, utterances, passes=passes, seed=seed, between=between, quick=quick)
    found: dict[str, list[Read]] = {head: [] for head in HEADS}
    for batch, ids, logits in zip(batches, utterances, drawn, strict=True):
        with torch.inference_mode():
            hidden = model.encoder(input_ids=ids[None]).last_hidden_state  # (1, L, D)
        pooled = mean_pool(hidden, None)
        words = [word.token for word in batch.words[0]]
        found["dialogue_act"].append(Read(pooled, logits.dialogue_act[:, None], len(ids)))
        found["question_type"].append(Read(pooled, logits.question_type[:, None], len(ids)))
        found["tags"].append(Read(hidden[0, words], logits.tags[:, words], len(ids)))
    return found


def _known(model: UnderstandingModel, head: str) -> Distilled:
    """Nothing comes from below the head: what is there only keeps the covariance of full rank."""
    classes = cast(nn.Linear, model.heads[head]).out_features
    return Distilled.of_covariance(LEAST_VARIANCE * torch.eye(classes), 0.0)


def _fit(model: UnderstandingModel, head: str, temperature: float, read: Sequence[Read]) -> Distilled:
    read = [one for one in read if len(one.states)]
    classes = read[0].logits.shape[-1]
    plain = one_pass(model, head, temperature, Distilled.of_covariance(torch.zeros(classes, classes), 0.0))
    below = torch.cat(
        [_covariance(one.logits / temperature) - plain.head_covariance(one.states) for one in read]
    )
    lengths = torch.tensor([one.length for one in read for _ in one.states]).float()
    shrinkage = _shrinkage(below, lengths)
    scaled = (below * ((lengths / LENGTH) ** shrinkage)[:, None, None]).mean(0)
    start = one_pass(model, head, temperature, Distilled.of_covariance(_positive(scaled), shrinkage))
    inputs, wanted, given = [], [], []
    for one in read:
        points = start.points(one.states, one.length)
        drawn = measures_of((one.logits / temperature).softmax(-1)).mutual_information
        inputs.append(inputs_of(points, one.length))
        given.append(points.measures.mutual_information.clamp_min(SMALLEST))
        wanted.append((drawn * len(one.logits) / (len(one.logits) - 1)).clamp_min(SMALLEST))
    return _with_correction(start.learned, torch.cat(inputs), torch.cat(wanted), torch.cat(given))


def _covariance(logits: Tensor) -> Tensor:
    """Over the passes, at each position: ``(T, N, C) -> (N, C, C)``."""
    centred = logits - logits.mean(0)
    return torch.einsum("tnc,tnd->ncd", centred, centred) / (len(logits) - 1)


def _positive(covariance: Tensor) -> Tensor:
    """The nearest covariance with at least a little variance in every direction."""
    values, vectors = torch.linalg.eigh((covariance + covariance.T) / 2)
    return torch.einsum("ik,k,jk->ij", vectors, values.clamp_min(LEAST_VARIANCE), vectors)


def _shrinkage(below: Tensor, lengths: Tensor) -> float:
    """The power of length by which the variance shrinks: weighted least squares over the lengths' means."""
    variance = below.diagonal(dim1=-2, dim2=-1).sum(-1)
    groups = [(length, variance[lengths == length]) for length in torch.unique(lengths)]
    usable = [(float(length), float(some.mean()), len(some)) for length, some in groups if some.mean() > 0]
    if len(usable) < 2:
        return 0.0
    length, mean, count = np.array(usable).T
    slope = np.polyfit(np.log(length), np.log(mean), 1, w=np.sqrt(count))[0]
    return float(np.clip(-slope, 0.0, 1.5))


def _with_correction(start: Distilled, inputs: Tensor, wanted: Tensor, given: Tensor) -> Distilled:
    """Ridge regression of log(wanted / given), its strength by generalised cross-validation."""
    centre, scale = inputs.mean(0), inputs.std(0, correction=0).clamp_min(1e-6)
    standard = ((inputs - centre) / scale).double().numpy()
    ridge = RidgeCV(alphas=ALPHAS).fit(standard, (wanted.log() - given.log()).double().numpy())
    predicted = given * torch.from_numpy(np.exp(ridge.predict(standard)))
    # The logarithm of a noisy figure is too low on average; the sum of the figures themselves is not.
    constant = ridge.intercept_ + float((wanted.sum() / predicted.sum()).log())
    coefficients = torch.from_numpy(ridge.coef_).float()
    return Distilled(
        start.below, start.shrinkage, centre, scale, coefficients, torch.tensor(constant).float()
    )


def rankings(
    model: UnderstandingModel,
    learned: Mapping[str, Distilled],
    read: Mapping[str, Sequence[Read]],
    temperatures: Mapping[str, float],
) -> dict[str, Ranking]:
    """Head -> Spearman's rank correlation of the one-pass figures with those of drawn passes."""
    found = {}
    for head, some in read.items():
        temperature = temperatures.get(head, 1.0)
        quick = one_pass(model, head, temperature, learned[head])
        pairs = [(quick(one.states, one.length), one.logits / temperature) for one in some if len(one.states)]
        ours = _together([belief.measures for belief, _ in pairs])
        theirs = _together([measures_of(logits.softmax(-1)) for _, logits in pairs])
        found[head] = Ranking(
            mutual_information=_spearman(ours[0], theirs[0]),
            predictive_entropy=_spearman(ours[1], theirs[1]),
            n=len(ours[0]),
        )
    return found


def _together(measures: Sequence[Measures]) -> tuple[Tensor, Tensor]:
    return (
        torch.cat([one.mutual_information for one in measures]),
        torch.cat([one.predictive_entropy for one in measures]),
    )


def _spearman(one: Tensor, other: Tensor) -> float:
    value = float(spearmanr(one.numpy(), other.numpy()).statistic)
    return round(value, 4) if np.isfinite(value) else 0.0


def augmented(texts: Sequence[str], count: int, seed: int) -> list[str]:
    """``count`` different texts: those given, then beginnings of some joined to the ends of others."""
    unique = list(dict.fromkeys(texts))
    chance = Random(seed)  # noqa: S311 - reproducible on purpose
    if len(unique) >= count:
        return chance.sample(unique, count)
    found = dict.fromkeys(unique)
    for _ in range(20 * count):
        if len(found) >= count:
            break
        first, second = (chance.choice(unique).split() for _ in range(2))
        cut, start = chance.randint(0, len(first)), chance.randint(0, len(second))
        found.setdefault(" ".join([*first[:cut], *second[start:]]) or unique[0])
    return list(found)
