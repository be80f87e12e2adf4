"""Stored versions over one backbone: as their own predictors read, several in one batch."""

import shutil

import pytest
import torch

from models_zoo.serving.predictor import load_predictor
from models_zoo.serving.shared.versions import SharedVersions
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.training import TrainingConfig
from tests.models_zoo.conftest import train_tiny

TEXTS = ["Why did you add 3?", "Well done.", "What is the length of the blue one?"]


@pytest.fixture(scope="module")
def two(tmp_path_factory, tiny_store, eight, tiny_config) -> tuple[ModelStore, str, str]:
    """A store with two versions over the same backbone: dropout everywhere, and before the heads only."""
    root = tmp_path_factory.mktemp("two")
    shutil.copytree(tiny_store[0].root, root, dirs_exist_ok=True)
    store = ModelStore(root)
    own = {"seed": 5, "adapter": "lora", "learning_rate": 0.05, "encoder_dropout": 0.0}
    config = TrainingConfig(**tiny_config.to_json() | own)
    return store, tiny_store[1], train_tiny(store, eight, config)


def test_each_text_is_read_as_its_versions_own_predictor_reads_it(two) -> None:
    store, first, second = two
    found = SharedVersions(store).understand(TEXTS, [first, second, first], passes=200, seeds=[1, 2, 3])
    assert [said.model_version for said in found] == [first, second, first]
    for said, text, seed in zip(found, TEXTS, (1, 2, 3), strict=True):
        predictor = load_predictor(store, said.model_version, estimator="passes")
        (alone,) = predictor.understand([text], passes=200, seed=seed)
        assert (said.text, said.seed, said.passes, said.estimator) == (text, seed, 200, "passes")
        for head in ("dialogue_act", "question_type"):
            mine, theirs = (torch.tensor(getattr(one, head).probabilities) for one in (said, alone))
            torch.testing.assert_close(mine, theirs, atol=0.02, rtol=0)  # the masks are others
        torch.testing.assert_close(
            torch.tensor(said.embedding), torch.tensor(alone.embedding), atol=1e-5, rtol=0
        )
        assert said.familiarity == pytest.approx(alone.familiarity, abs=2e-3)


def test_one_answer_whatever_is_asked_beside_it(two) -> None:
    store, first, second = two
    versions = SharedVersions(store)
    together = versions.understand(TEXTS, [first, second, first], passes=5, seeds=[1, 2, 3])
    (alone,) = versions.understand(TEXTS[1:2], [second], passes=5, seeds=[2])
    assert together[1].dialogue_act.label == alone.dialogue_act.label
    assert together[1].dialogue_act.probabilities == pytest.approx(alone.dialogue_act.probabilities, abs=1e-5)


def test_a_damaged_or_unknown_version_is_refused_and_the_others_stay(two, tmp_path) -> None:
    shutil.copytree(two[0].root, tmp_path, dirs_exist_ok=True)
    store, first, second = ModelStore(tmp_path), two[1], two[2]
    file = store.path(second) / "adapter.safetensors"
    file.write_bytes(file.read_bytes()[:-4])
    versions = SharedVersions(store)
    versions.load(first)
    for wrong, code in ((second, "truncated_file"), ("nothing", "unknown_version")):
        with pytest.raises(ModelStoreError) as refused:
            versions.load(wrong)
        assert refused.value.code == code
    assert versions.versions == [first]
    assert versions.understand(TEXTS[:1], [first], passes=2, seeds=[1])[0].model_version == first


def test_a_version_of_another_backbone_is_refused(two, tmp_path, monkeypatch) -> None:
    versions = SharedVersions(two[0])
    versions.load(two[1])
    assert versions._shared is not None
    monkeypatch.setattr(versions._shared, "sha256", "of another")
    with pytest.raises(ModelStoreError) as refused:
        versions.load(two[2])
    assert refused.value.code == "other_backbone"
    assert versions.versions == [two[1]]
