"""A version trained on a file of dialogues, and the lines that it has not seen."""

from __future__ import annotations

import argparse
import csv
import dataclasses
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from models_zoo.backbones import Tokenizer, load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.manifest import Manifest
from models_zoo.serving.predictor import LocalPredictor, load_predictor
from models_zoo.storage import read_distilled, read_model
from models_zoo.store import ModelStore
from models_zoo.training import Example, TrainingConfig, split, train_understanding
from models_zoo.training.mathdial import mathdial_examples
from models_zoo.training.run import source_digest
from models_zoo.uncertainty.one_pass import Distilled

HELD_OUT = 1 / 3  # of the problems


@dataclass(frozen=True)
class Trained:
    """A version on disk, opened; the model is in evaluation mode."""

    folder: Path
    manifest: Manifest
    model: UnderstandingModel
    tokenizer: Tokenizer
    learned: dict[str, Distilled]
    predictor: LocalPredictor  # one pass, as it is served
    held_out: list[Example]


def trained(path: Path, arguments: argparse.Namespace) -> Trained:
    """The version of this file, these settings and this code: from the cache, or trained now."""
    csv.field_size_limit(10**9)
    examples = list(mathdial_examples(path))
    if not examples:
        raise SystemExit(
            f"{path} holds no marked teacher turns; it has to look like MathDial's dialogues.csv."
        )
    parts = split(examples, 0, held_out_share=HELD_OUT)
    config = TrainingConfig(backbone=arguments.backbone, epochs=arguments.epochs)
    for name in ("head_dropout", "encoder_dropout"):
        if getattr(arguments, name) is not None:
            config = dataclasses.replace(config, **{name: getattr(arguments, name)})
    key = _key(path, config)
    store = ModelStore(arguments.cache / key)
    if not store.versions():
        _train(parts.train, config, store)
    version = store.versions()[0].version
    folder, manifest = store.path(version), store.verify(version)
    backbone = load_backbone(manifest.backbone)
    return Trained(
        folder,
        manifest,
        read_model(folder, backbone),
        backbone.tokenizer,
        read_distilled(folder),
        load_predictor(store, version, estimator="one_pass"),
        parts.held_out,
    )


def _key(path: Path, config: TrainingConfig) -> str:
    digest = hashlib.sha256(path.read_bytes())
    digest.update(json.dumps(config.to_json(), sort_keys=True).encode())
    digest.update(source_digest().encode())
    return digest.hexdigest()[:16]


def _train(examples: list[Example], config: TrainingConfig, store: ModelStore) -> None:
    tell = _Teller()
    train_understanding(
        examples,
        held_out=split(examples, 1, held_out_share=0.05).held_out,
        config=config,
        progress=tell,
        cancelled=lambda: False,
        parent=None,
        store=store,
        lineage={"corpus": "a benchmark's file"},
    )


class _Teller:
    """Tells of every twentieth of the training."""

    def __init__(self) -> None:
        self._told = -1

    def __call__(self, share: float, message: str) -> None:
        if int(share * 20) > self._told:
            self._told = int(share * 20)
            print(f"training {share:4.0%}: {message}", file=sys.stderr, flush=True)
