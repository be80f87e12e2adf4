"""One pass beside a hundred: rank correlations on held-out lines."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from scipy.stats import spearmanr
from torch import Tensor

from benchmarks.mc_dropout.model import Trained
from models_zoo.encoding import encode
from models_zoo.uncertainty.measures import Measures, entropy, measures_of
from models_zoo.uncertainty.passes import draw_many

HEAD = "question_type"  # which MathDial's moves are read as
PASSES = 100
BOOTSTRAP = 500


def figures(trained: Trained, cache: Path, limit: int) -> dict[str, Any]:
    """Spearman's correlations with the reference, and what other references and cheaper ways reach."""
    texts = _some([example.text for example in trained.held_out], limit)
    logits = _reference(trained, texts, cache)  # (2 T, N, C)
    first, second = logits[:PASSES], logits[PASSES:]
    reference = measures_of(first.softmax(-1))
    served = trained.predictor.understand(texts)
    ours = [said.question_type.uncertainty for said in served]
    information = torch.tensor([one.mutual_information for one in ours])
    predictive = torch.tensor([one.predictive_entropy for one in ours])
    groups = [example.group for example in trained.held_out if example.text in set(texts)]
    return {
        "texts": len(texts),
        "spearman_mi": _rho(information, reference.mutual_information),
        "spearman_mi_interval": _interval(information, reference.mutual_information),
        "spearman_entropy": _rho(predictive, reference.predictive_entropy),
        "spearman_entropy_interval": _interval(predictive, reference.predictive_entropy),
        "ranking": {
            "second 100 passes": _both(measures_of(second.softmax(-1)), reference),
            "30 passes": _both(measures_of(second[:30].softmax(-1)), reference),
            "10 passes": _both(measures_of(second[:10].softmax(-1)), reference),
            "one pass against 200": _both_of(information, predictive, measures_of(logits.softmax(-1))),
            "one pass, softmax entropy": {
                "entropy": _rho(_plain(trained, texts), reference.predictive_entropy)
            },
        },
        "problems": len(set(groups)),
    }


def _some(texts: list[str], limit: int) -> list[str]:
    unique = list(dict.fromkeys(texts))
    return sorted(random.Random(0).sample(unique, min(limit, len(unique))))


def _reference(trained: Trained, texts: list[str], cache: Path) -> Tensor:
    """Calibrated logits of twice 100 passes in float32, all of the model's dropout active; kept beside it."""
    path = cache / f"reference-{trained.manifest.version}-{len(texts)}.safetensors"
    if not path.exists():
        utterances = [encode(trained.tokenizer, [text]).input_ids[0] for text in texts]
        drawn = draw_many(trained.model, utterances, passes=2 * PASSES, seed=1)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({"logits": torch.stack([one.question_type for one in drawn], dim=1).contiguous()}, path)
    return load_file(path)["logits"] / trained.manifest.calibration[HEAD]


@torch.inference_mode()
def _plain(trained: Trained, texts: list[str]) -> Tensor:
    temperature = trained.manifest.calibration[HEAD]
    rows = [trained.model(encode(trained.tokenizer, [text]).input_ids).question_type[0] for text in texts]
    return entropy((torch.stack(rows) / temperature).softmax(-1))


def _both(one: Measures, reference: Measures) -> dict[str, float]:
    return _both_of(one.mutual_information, one.predictive_entropy, reference)


def _both_of(information: Tensor, predictive: Tensor, reference: Measures) -> dict[str, float]:
    return {
        "mi": _rho(information, reference.mutual_information),
        "entropy": _rho(predictive, reference.predictive_entropy),
    }


def _rho(one: Tensor, other: Tensor) -> float:
    return round(float(spearmanr(one.numpy(), other.numpy()).statistic), 4)


def _interval(one: Tensor, other: Tensor) -> list[float]:
    """The middle 95 % over resampled lines."""
    chance = torch.Generator().manual_seed(0)
    draws = [torch.randint(len(one), (len(one),), generator=chance) for _ in range(BOOTSTRAP)]
    found = sorted(_rho(one[rows], other[rows]) for rows in draws)
    return [found[int(0.025 * BOOTSTRAP)], found[int(0.975 * BOOTSTRAP)]]
