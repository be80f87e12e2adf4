"""A stored version that can only draw passes, given the part that says from one pass what many would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from models_zoo.backbones import load_backbone
from models_zoo.precision import native_precision
from models_zoo.serving.predictor import LocalPredictor
from models_zoo.storage import read_familiar, read_model, write_model
from models_zoo.store import ModelStore
from models_zoo.training.config import TrainingConfig
from models_zoo.training.distillation import distilled_version
from models_zoo.training.evaluation import evaluate
from models_zoo.training.examples import Example
from models_zoo.training.fitting import Cancelled, Progress, TrainingCancelled
from models_zoo.training.run import source_digest

DISTIL_SHARE = 0.8  # of the progress bar; the rest is evaluation


def redistil_understanding(
    examples: Sequence[Example],
    *,
    held_out: Sequence[Example],
    config: TrainingConfig,
    progress: Progress,
    cancelled: Cancelled,
    parent: str,
    store: ModelStore,
) -> str:
    """Publish ``parent``, its weights and temperatures untouched, with what it learns from its own passes.

    The labels of ``examples`` are not looked at; those of ``held_out`` score the answers of one pass. Returns
    the version, not activated.

    Raises:
        TrainingCancelled: nothing was published.
        ValueError: there are no examples, or ``config`` wants none.
        ModelStoreError: the parent cannot be trusted.
    """
    if not examples or config.distillation_texts == 0:
        raise ValueError("There is no text to draw passes of.")

    def reach(share: float, message: str) -> None:
        if cancelled():
            raise TrainingCancelled(f"stopped while {message}")
        progress(share, message)

    known = store.verify(parent)
    backbone = load_backbone(known.backbone)
    model = read_model(store.path(parent), backbone)
    familiar = read_familiar(store.path(parent))
    learned, distillation = distilled_version(
        model,
        backbone.tokenizer,
        [example.text for example in examples],
        [example.text for example in held_out],
        config,
        known.calibration,
        between=lambda share: reach(DISTIL_SHARE * share, "distilling the passes"),
    )
    manifest = known.model_copy(
        update={
            "version": "",
            "files": {},
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "code_version": source_digest(),
            "distillation": distillation,
            "lineage": known.lineage | {"distilled_from": known.version},
        }
    )
    predictor = LocalPredictor(
        manifest, model, backbone.tokenizer, familiar, learned=learned, precision=native_precision()
    )
    left = 1 - DISTIL_SHARE
    metrics = evaluate(
        predictor,
        held_out,
        seed=config.seed,
        progress=lambda share: reach(DISTIL_SHARE + left * share, "scoring on held-out examples"),
    )
    reach(1.0, "publishing")
    finished = manifest.model_copy(update={"metrics": metrics})
    return store.publish(lambda folder: write_model(model, familiar, folder, learned), finished)
