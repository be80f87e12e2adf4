"""A stored version in another form: its adapter projected onto a decomposition, then taught by its parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from compression import deltas_of, project_deltas
from models_zoo.backbones import Backbone, load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import encode
from models_zoo.manifest import Manifest
from models_zoo.precision import native_precision
from models_zoo.serving.predictor import LocalPredictor
from models_zoo.storage import read_familiar, read_model, write_model
from models_zoo.store import ModelStore
from models_zoo.training.calibration import fit_temperatures
from models_zoo.training.config import TrainingConfig
from models_zoo.training.distillation import distilled_version
from models_zoo.training.evaluation import evaluate
from models_zoo.training.examples import Example, split
from models_zoo.training.fitting import Cancelled, Loss, Progress, TrainingCancelled, fit
from models_zoo.training.run import source_digest

# Of the progress bar; the rest is evaluation.
PROJECT_SHARE, FIT_SHARE, CALIBRATE_SHARE, DISTIL_SHARE = 0.2, 0.5, 0.05, 0.15


@dataclass(frozen=True, slots=True)
class _Student:
    """A model that starts where the parent's adapter, seen through the decomposition, stands."""

    backbone: Backbone
    model: UnderstandingModel
    error: float  # mean relative error of the projections


def compress_understanding(
    examples: Sequence[Example],
    *,
    held_out: Sequence[Example],
    config: TrainingConfig,
    progress: Progress,
    cancelled: Cancelled,
    parent: str,
    store: ModelStore,
    lineage: Mapping[str, Any],
) -> str:
    """Publish ``parent`` with the adapter that ``config`` describes; returns the version, not activated.

    What the parent's adapter adds to each map is decomposed; heads are taken over; then both are trained to
    give the parent's own probabilities on ``examples`` (Hinton et al. 2015), whose labels only calibrate.

    Raises:
        TrainingCancelled: nothing was published.
        ValueError: the parent's adapter is serial, or there are no examples.
        ModelStoreError: the parent cannot be trusted.
    """
    if not examples:
        raise ValueError("There is no text for the parent to teach on.")

    def reach(share: float, message: str) -> None:
        if cancelled():
            raise TrainingCancelled(f"stopped while {message}")
        progress(share, message)

    known = store.verify(parent)
    teacher = read_model(store.path(parent), load_backbone(known.backbone))
    config = replace(
        config,
        head_dropout=teacher.head_dropout,
        encoder_dropout=teacher.encoder_dropout,
        # For versions that go on from this one; its teacher is asked about whole lines.
        token_masking=known.training.get("token_masking", 0.0),
    )
    student = _projected(
        known, teacher, config, lambda share: reach(PROJECT_SHARE * share, "decomposing the adapter")
    )
    parts = split(examples, config.seed, held_out_share=config.development_share)
    fit(
        student.model,
        student.backbone.tokenizer,
        parts.train or list(examples),
        config,
        progress=lambda share, message: reach(PROJECT_SHARE + FIT_SHARE * share, message),
        cancelled=cancelled,
        loss=taught_by(teacher),
    )
    fitted = PROJECT_SHARE + FIT_SHARE
    reach(fitted, "fitting the temperatures")
    temperatures = fit_temperatures(
        student.model, student.backbone.tokenizer, parts.held_out, before=known.calibration, seed=config.seed
    )
    familiar = read_familiar(store.path(parent))
    calibrated = fitted + CALIBRATE_SHARE
    learned, distillation = distilled_version(
        student.model,
        student.backbone.tokenizer,
        [example.text for example in examples],
        [example.text for example in held_out],
        config,
        temperatures,
        between=lambda share: reach(calibrated + DISTIL_SHARE * share, "distilling the passes"),
    )
    manifest = _manifest(known, student, config, temperatures, lineage)
    manifest = manifest.model_copy(update={"distillation": distillation})
    predictor = LocalPredictor(
        manifest,
        student.model,
        student.backbone.tokenizer,
        familiar,
        learned=learned,
        precision=native_precision(),
    )
    scored = calibrated + DISTIL_SHARE
    metrics = evaluate(
        predictor,
        held_out,
        seed=config.seed,
        passes=config.evaluation_passes,
        progress=lambda share: reach(scored + (1 - scored) * share, "scoring on held-out examples"),
    )
    reach(1.0, "publishing")
    finished = manifest.model_copy(update={"metrics": metrics})
    return store.publish(lambda folder: write_model(student.model, familiar, folder, learned), finished)


def _projected(
    known: Manifest, teacher: UnderstandingModel, config: TrainingConfig, progress: Callable[[float], None]
) -> _Student:
    backbone = load_backbone(known.backbone)
    with torch.random.fork_rng(devices=[]):  # new layers draw their weights from the global generator
        torch.manual_seed(config.seed)
        blocks = teacher.encoder.active_peft_config.layers_to_transform
        model = UnderstandingModel(
            backbone,
            config.peft_config(blocks),
            dropout=teacher.head_dropout,
            encoder_dropout=teacher.encoder_dropout,
        )
    model.heads.load_state_dict(teacher.heads.state_dict())
    deltas = deltas_of(teacher.encoder)
    projections = project_deltas(model.encoder, deltas, seed=config.seed, progress=progress)
    return _Student(backbone, model, fmean(each.error for each in projections) if projections else 1.0)


def taught_by(teacher: UnderstandingModel) -> Loss:
    """The Kullback-Leibler divergence of the student's three answers from the teacher's, in nats."""
    teacher.eval()

    def loss(model: UnderstandingModel, tokenizer: Any, examples: Sequence[Example]) -> Tensor:
        batch = encode(tokenizer, [example.text for example in examples])
        with torch.no_grad():
            said = teacher(batch.input_ids, batch.attention_mask)
        logits = model(batch.input_ids, batch.attention_mask)
        tokens = batch.attention_mask.bool()  # (B, L)
        return (
            _divergence(logits.dialogue_act, said.dialogue_act)
            + _divergence(logits.question_type, said.question_type)
            + _divergence(logits.tags[tokens], said.tags[tokens])
        )

    return loss


def _divergence(logits: Tensor, taught: Tensor) -> Tensor:
    """(N, C), (N, C) -> the mean over rows."""
    return functional.kl_div(
        logits.log_softmax(-1), taught.log_softmax(-1), log_target=True, reduction="batchmean"
    )


def _manifest(
    known: Manifest,
    student: _Student,
    config: TrainingConfig,
    temperatures: dict[str, float],
    lineage: Mapping[str, Any],
) -> Manifest:
    trainable = sum(parameter.numel() for parameter in student.model.trainable_state().values())
    return known.model_copy(
        update={
            "version": "",
            "files": {},
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "calibration": temperatures,
            "lineage": dict(known.lineage) | dict(lineage),
            "training": config.to_json(),
            "seed": config.seed,
            "code_version": source_digest(),
            "backbone_sha256": student.backbone.sha256,
            "parent": known.version,
            "compression": {
                "method": student.model.encoder.active_peft_config.peft_type.value,
                "decomposition": config.adapter,
                "rank": config.rank,
                "targets": list(config.targets),
                "trainable_parameters": trainable,
                "projection_error": round(student.error, 4),
            },
        }
    )
