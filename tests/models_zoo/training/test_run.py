import dataclasses

import pytest
import torch

from models_zoo.serving.predictor import load_predictor
from models_zoo.storage import read_familiar
from models_zoo.store import ModelStoreError
from models_zoo.training import TrainingCancelled
from tests.models_zoo.conftest import example, train_tiny


def adapter_bytes(store, version):
    return (store.path(version) / "adapter.safetensors").read_bytes()


def test_a_version_knows_its_lineage_settings_and_scores(tiny_store, tiny_config):
    store, version = tiny_store
    manifest = store.verify(version)
    assert manifest.lineage["annotation_ids"] == [7]
    assert manifest.training["rank"] == tiny_config.rank
    assert manifest.backbone == tiny_config.backbone
    assert manifest.compression["method"] == "TENSOR_ADAPTER"
    assert manifest.metrics["question_type_macro_f1"].n == 8
    assert set(manifest.calibration) == {"dialogue_act", "question_type", "tags"}
    assert manifest.code_version.startswith("sources-")


def test_progress_rises_to_one(own_store, eight, tiny_config):
    told = []
    train_tiny(own_store, eight, tiny_config, progress=lambda share, message: told.append((share, message)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(message for _, message in told)


@pytest.mark.parametrize("steps", [0, 2, 5])
def test_cancelling_publishes_nothing(own_store, eight, tiny_config, steps):
    asked = []

    def cancelled() -> bool:
        asked.append(None)
        return len(asked) > steps

    with pytest.raises(TrainingCancelled):
        train_tiny(own_store, eight, tiny_config, cancelled=cancelled)
    assert own_store.versions() == []


def test_the_same_seed_gives_the_same_files(own_store, eight, tiny_config, tiny_store):
    again = train_tiny(own_store, eight, tiny_config)
    assert own_store.manifest(again).files == tiny_store[0].manifest(tiny_store[1]).files


def test_a_parent_is_gone_on_from(tiny_store, eight, tiny_config):
    store, parent = tiny_store
    still = dataclasses.replace(tiny_config, learning_rate=0.0, rehearsal=0.0)
    child = train_tiny(store, eight, still, parent=parent)
    assert store.manifest(child).parent == parent
    assert adapter_bytes(store, child) == adapter_bytes(store, parent)
    moved = train_tiny(store, eight, dataclasses.replace(tiny_config, rehearsal=0.0), parent=parent)
    assert adapter_bytes(store, moved) != adapter_bytes(store, parent)


def test_a_child_is_familiar_with_its_parents_utterances_and_its_own(tiny_store, tiny_config):
    store, parent = tiny_store
    new = [example("Quite another sentence.", "Inform", "Other")]
    child = train_tiny(store, new, dataclasses.replace(tiny_config, rehearsal=0.0), parent=parent)
    known = len(read_familiar(store.path(parent)))
    assert len(read_familiar(store.path(child))) == known + 1
    (said,) = load_predictor(store, child).understand(["Quite another sentence."], passes=1)
    assert said.familiarity > 0.999


def test_rehearsal_mixes_in_the_corpus(tiny_store, eight, tiny_config):
    store, parent = tiny_store
    child = train_tiny(store, eight, dataclasses.replace(tiny_config, rehearsal=2.0), parent=parent)
    grown = store.manifest(child).lineage["examples"] - store.manifest(parent).lineage["examples"]
    assert grown == 16


def test_a_damaged_parent_is_refused(own_store, eight, tiny_config):
    parent = train_tiny(own_store, eight, tiny_config)
    (own_store.path(parent) / "heads.safetensors").write_bytes(b"")
    with pytest.raises(ModelStoreError, match=r"heads\.safetensors"):
        train_tiny(own_store, eight, tiny_config, parent=parent)


def test_nothing_to_train_on_is_refused(own_store, tiny_config):
    with pytest.raises(ValueError, match="label some"):
        train_tiny(own_store, [], tiny_config)


def test_training_leaves_the_global_generator_alone(own_store, eight, tiny_config):
    before = torch.random.get_rng_state()
    train_tiny(own_store, eight, tiny_config)
    assert torch.equal(before, torch.random.get_rng_state())
