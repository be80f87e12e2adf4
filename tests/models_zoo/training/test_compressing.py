"""A version in another form: projected, taught by its parent, published beside it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from compression import deltas_of
from models_zoo.backbones import load_backbone
from models_zoo.encoding import encode
from models_zoo.measurements import FILE, latencies
from models_zoo.serving.latency import measure_latency
from models_zoo.serving.predictor import load_predictor
from models_zoo.storage import read_familiar, read_model, write_model
from models_zoo.store import ModelStore
from models_zoo.training import TrainingCancelled, TrainingConfig, compress_understanding
from models_zoo.training.compressing import taught_by


@pytest.fixture
def settings(tiny_backbone: str) -> TrainingConfig:
    return TrainingConfig(
        backbone=tiny_backbone, adapter="tensor_train", rank=3, targets=("q_lin", "v_lin"), epochs=2,
        batch_size=4, learning_rate=2e-3, evaluation_passes=2,
    )  # fmt: skip


@pytest.fixture
def parent(tiny_store, own_store: ModelStore) -> str:
    shutil.copytree(tiny_store[0].root, own_store.root)
    return tiny_store[1]


def compress(store, examples, config, parent, *, cancelled=lambda: False, progress=lambda *_: None) -> str:
    return compress_understanding(
        examples,
        held_out=examples,
        config=config,
        progress=progress,
        cancelled=cancelled,
        parent=parent,
        store=store,
        lineage={"run": 5},
    )


def test_the_new_version_names_its_parent_and_its_form(own_store, eight, settings, parent) -> None:
    manifest = own_store.verify(compress(own_store, eight, settings, parent))
    assert manifest.parent == parent
    assert manifest.compression["decomposition"] == "tensor_train"
    assert manifest.compression["targets"] == ["q_lin", "v_lin"]
    assert manifest.lineage == own_store.manifest(parent).lineage | {"run": 5}
    assert "question_type_accuracy" in manifest.metrics
    assert own_store.current() == parent
    said = load_predictor(own_store, manifest.version).understand(["How do you know?"], passes=2)
    assert said[0].model_version == manifest.version


def test_only_the_wanted_maps_have_an_adapter(own_store, eight, settings, parent) -> None:
    version = compress(own_store, eight, settings, parent)
    model = read_model(own_store.path(version), load_backbone(own_store.manifest(version).backbone))
    assert {name.rpartition(".")[2] for name in deltas_of(model.encoder)} == {"q_lin", "v_lin"}


def strong(store: ModelStore, version: str) -> str:
    """A version whose adapter matters, as that of a well-trained one does; the tiny parent's hardly does."""
    manifest = store.manifest(version)
    model = read_model(store.path(version), load_backbone(manifest.backbone))
    torch.manual_seed(0)
    with torch.no_grad():
        for value in model.trainable_state().values():
            value.normal_(std=1.0)
    familiar = read_familiar(store.path(version))
    return store.publish(lambda folder: write_model(model, familiar, folder), manifest)


def test_teaching_brings_the_student_nearer_to_its_parent(own_store, eight, settings, parent) -> None:
    parent = strong(own_store, parent)
    backbone = own_store.manifest(parent).backbone
    teacher = read_model(own_store.path(parent), load_backbone(backbone))
    weak = replace(settings, rank=1, targets=("out_lin",), learning_rate=2e-2)

    def distance(epochs: int) -> float:
        version = compress(own_store, eight, replace(weak, epochs=epochs), parent)
        loaded = load_backbone(backbone)
        student = read_model(own_store.path(version), loaded)
        with torch.inference_mode():
            return float(taught_by(teacher)(student, loaded.tokenizer, eight))

    assert distance(30) < 0.9 * distance(1)


def test_a_parent_is_at_no_distance_from_itself(own_store, eight, parent) -> None:
    backbone = load_backbone(own_store.manifest(parent).backbone)
    model = read_model(own_store.path(parent), backbone)
    assert float(taught_by(model)(model, backbone.tokenizer, eight)) == pytest.approx(0, abs=1e-6)
    assert encode(backbone.tokenizer, [eight[0].text]).input_ids.shape[0] == 1


def test_a_cancelled_compression_publishes_nothing(own_store, eight, settings, parent) -> None:
    before = own_store.versions()
    with pytest.raises(TrainingCancelled):
        compress(own_store, eight, settings, parent, cancelled=lambda: True)
    assert own_store.versions() == before


def test_progress_only_rises_and_reaches_one(own_store, eight, settings, parent) -> None:
    said: list[float] = []
    compress(own_store, eight, settings, parent, progress=lambda share, _: said.append(share))
    assert said == sorted(said)
    assert said[-1] == 1.0


def test_a_measured_latency_is_kept_beside_the_version(own_store, parent) -> None:
    assert latencies(own_store.root) == {}
    measured = measure_latency(own_store, parent, ["How do you know?", "What is 3/4 of 12?"], passes=2)
    assert measured.p50_ms > 0
    assert measured.ratio > 0
    assert latencies(own_store.root) == {parent: measured}
    own_store.verify(parent)  # the version itself is as it was


def test_the_last_whole_line_counts(own_store, parent) -> None:
    measure_latency(own_store, parent, ["How do you know?"], passes=1)
    second = measure_latency(own_store, parent, ["How do you know?"], passes=2)
    with Path(own_store.root / FILE).open("a") as file:
        file.write('{"version": "torn')
    assert latencies(own_store.root)[parent] == second
