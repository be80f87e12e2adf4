"""From examples to a published version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor

import models_zoo
from models_zoo.backbones import Backbone, load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import encode
from models_zoo.labels import DIALOGUE_ACTS, ENTITY_KINDS, QUESTION_TYPES
from models_zoo.manifest import Manifest
from models_zoo.precision import native_precision
from models_zoo.serving.predictor import LocalPredictor
from models_zoo.storage import read_familiar, read_model, write_model
from models_zoo.store import ModelStore
from models_zoo.training.calibration import fit_temperatures
from models_zoo.training.config import TrainingConfig
from models_zoo.training.distillation import distilled_version
from models_zoo.training.evaluation import Results, metrics_of, reliability_of, results_of
from models_zoo.training.examples import Example, load_corpus, normalised, split
from models_zoo.training.fitting import Cancelled, Progress, TrainingCancelled, fit

FIT_SHARE, CALIBRATE_SHARE, DISTIL_SHARE = 0.7, 0.05, 0.2  # of the progress bar; the rest is evaluation
EMBED_BATCH = 32
BOOTSTRAP = 1000


@dataclass(frozen=True, slots=True)
class _Start:
    """What training goes on from: a fresh adapter, or a parent's."""

    backbone: Backbone
    model: UnderstandingModel
    temperatures: dict[str, float]
    familiar: Tensor  # (N, D), the parent's training utterances
    token_masking: float


def train_understanding(
    examples: Sequence[Example],
    *,
    held_out: Sequence[Example],
    config: TrainingConfig,
    progress: Progress,
    cancelled: Cancelled,
    parent: str | None,
    store: ModelStore,
    lineage: Mapping[str, Any],
) -> str:
    """Train on ``examples``, calibrate, score on ``held_out``, publish; returns the version, not activated.

    With a ``parent``, training goes on from its weights, and lines of the project's corpus are mixed in so
    that what has no new labels is not forgotten.

    Raises:
        TrainingCancelled: nothing was published.
        ValueError: there is nothing to train on.
        ModelStoreError: the parent cannot be trusted.
    """
    if not examples:
        raise ValueError("No examples to train on; label some utterances first.")
    start = _start(config, parent, store)
    config = replace(
        config,
        head_dropout=start.model.head_dropout,
        encoder_dropout=start.model.encoder_dropout,
        token_masking=start.token_masking,
    )
    train, development = _development_split(examples, config)
    train += _rehearsal(len(examples), held_out, config) if parent is not None else []
    steps = _Steps(progress, cancelled)
    fit(
        start.model,
        start.backbone.tokenizer,
        train,
        config,
        progress=lambda share, message: progress(FIT_SHARE * share, message),
        cancelled=cancelled,
    )
    steps.reach(FIT_SHARE, "fitting the temperatures")
    temperatures = fit_temperatures(
        start.model, start.backbone.tokenizer, development, before=start.temperatures, seed=config.seed
    )
    familiar = torch.cat([start.familiar, _embeddings(start, train)])
    manifest = _manifest(start, config, temperatures, dict(lineage), parent, len(train))
    distilled = FIT_SHARE + CALIBRATE_SHARE
    learned, distillation = distilled_version(
        start.model,
        start.backbone.tokenizer,
        [example.text for example in train],
        [example.text for example in held_out],
        config,
        temperatures,
        between=lambda share: steps.reach(distilled + DISTIL_SHARE * share, "distilling the passes"),
    )
    manifest = manifest.model_copy(update={"distillation": distillation})
    serving: dict[str, Any] = {"learned": learned, "precision": native_precision()}
    tokenizer = start.backbone.tokenizer
    predictor = LocalPredictor(manifest, start.model, tokenizer, familiar, **serving)
    raw = LocalPredictor(
        manifest.model_copy(update={"calibration": {}}), start.model, tokenizer, familiar, **serving
    )
    scored = distilled + DISTIL_SHARE

    def score(asked: LocalPredictor, begin: float) -> Results:
        part = (1 - scored) / 2
        return results_of(
            asked,
            held_out,
            passes=config.evaluation_passes,
            progress=lambda share: steps.reach(begin + part * share, "scoring on held-out examples"),
        )

    before = score(raw, scored)
    after = score(predictor, (1 + scored) / 2)
    steps.reach(1.0, "publishing")
    finished = manifest.model_copy(
        update={
            "metrics": metrics_of(after, BOOTSTRAP, config.seed),
            "reliability": reliability_of(before, after),
        }
    )
    return store.publish(lambda folder: write_model(start.model, familiar, folder, learned), finished)


@dataclass(frozen=True, slots=True)
class _Steps:
    progress: Progress
    cancelled: Cancelled

    def reach(self, share: float, message: str) -> None:
        if self.cancelled():
            raise TrainingCancelled(f"stopped while {message}")
        self.progress(share, message)


def _start(config: TrainingConfig, parent: str | None, store: ModelStore) -> _Start:
    if parent is None:
        backbone = load_backbone(config.backbone)
        with torch.random.fork_rng(devices=[]):  # new layers draw their weights from the global generator
            torch.manual_seed(config.seed)
            adapter = config.peft_config(config.adapted_blocks(backbone.model.config.n_layers))
            model = UnderstandingModel(
                backbone, adapter, dropout=config.head_dropout, encoder_dropout=config.encoder_dropout
            )
        none_yet = torch.empty(0, backbone.model.config.dim)
        return _Start(backbone, model, {}, none_yet, config.token_masking)
    manifest = store.verify(parent)
    backbone = load_backbone(manifest.backbone)
    folder = store.path(parent)
    model = read_model(folder, backbone)
    masking = manifest.training.get("token_masking", 0.0)  # versions from before there was any do not say
    return _Start(backbone, model, manifest.calibration, read_familiar(folder), masking)


def _development_split(
    examples: Sequence[Example], config: TrainingConfig
) -> tuple[list[Example], list[Example]]:
    parts = split(examples, config.seed, held_out_share=config.development_share)
    return parts.train or list(examples), parts.held_out


def _rehearsal(count: int, held_out: Sequence[Example], config: TrainingConfig) -> list[Example]:
    """Lines of the corpus, none of which is held out here or was when the shipped model was scored."""
    unseen = {normalised(example.text) for example in held_out}
    lines = [line for line in split(load_corpus()).train if normalised(line.text) not in unseen]
    wanted = min(len(lines), round(count * config.rehearsal))
    return Random(config.seed).sample(lines, wanted)  # noqa: S311 - reproducible on purpose


def _embeddings(start: _Start, examples: Sequence[Example]) -> Tensor:
    """Unit vectors of the distinct training utterances that the parent does not know: (N, D)."""
    texts = list({normalised(example.text): example.text for example in examples}.values())
    start.model.eval()
    rows = [torch.empty(0, start.familiar.shape[1])]
    for first in range(0, len(texts), EMBED_BATCH):
        batch = encode(start.backbone.tokenizer, texts[first : first + EMBED_BATCH])
        rows.append(start.model.embed(batch.input_ids, batch.attention_mask))
    found = torch.cat(rows)
    if len(start.familiar):
        known = (found @ start.familiar.T).amax(-1) > 0.999  # same text, up to rounding to 8 bits
        found = found[~known]
    return found


def _manifest(
    start: _Start,
    config: TrainingConfig,
    temperatures: dict[str, float],
    lineage: dict[str, Any],
    parent: str | None,
    trained_on: int,
) -> Manifest:
    trainable = sum(parameter.numel() for parameter in start.model.trainable_state().values())
    method = start.model.encoder.active_peft_config.peft_type.value
    return Manifest(
        created=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        labels={
            "dialogue_act": DIALOGUE_ACTS,
            "question_type": QUESTION_TYPES,
            "entities": ENTITY_KINDS,
        },
        calibration=temperatures,
        lineage=lineage | {"examples": trained_on},
        training=config.to_json(),
        seed=config.seed,
        code_version=source_digest(),
        backbone=start.backbone.name,
        backbone_sha256=start.backbone.sha256,
        compression={"method": method, "trainable_parameters": trainable},
        parent=parent,
    )


def source_digest() -> str:
    """A digest of this package's source: the code version, also where there is no repository."""
    digest = hashlib.sha256()
    root = Path(models_zoo.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return f"sources-{digest.hexdigest()[:12]}"
