"""The one-pass estimator as part of a version."""

import dataclasses

import pytest
import torch

from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.serving.predictor import load_predictor
from models_zoo.storage import read_distilled
from models_zoo.store import ModelStore, ModelStoreError
from models_zoo.training import TrainingCancelled, TrainingConfig, redistil_understanding
from models_zoo.training.distillation import augmented, distil, rankings, read_both_ways
from tests.models_zoo.conftest import train_tiny

TEXTS = ["How long is the blue one?", "Why?", "Hello Sam!", "Use the scale factor, then add 3 to it."]


@pytest.fixture(scope="module")
def config(tiny_config: TrainingConfig) -> TrainingConfig:
    return dataclasses.replace(
        tiny_config, distillation_texts=30, distillation_passes=6, distillation_checked=6
    )


@pytest.fixture(scope="module")
def distilled(tmp_path_factory, eight, config) -> tuple[ModelStore, str]:
    store = ModelStore(tmp_path_factory.mktemp("distilled"))
    return store, store.activate(train_tiny(store, eight, config))


def plain(understood):
    return [said.to_json() for said in understood]


def test_a_version_says_how_it_was_distilled_and_how_it_ranks(distilled, config):
    store, version = distilled
    distillation = store.verify(version).distillation
    assert distillation is not None
    assert (distillation.texts, distillation.passes) == (30, config.distillation_passes)
    assert set(distillation.ranking) == {"dialogue_act", "question_type", "tags"}
    assert all(-1 <= one.mutual_information <= 1 for one in distillation.ranking.values())


def test_where_nothing_is_held_out_the_corpus_says_how_it_ranks(own_store, eight, config):
    version = train_tiny(own_store, eight, config, held_out=[])
    distillation = own_store.verify(version).distillation
    assert distillation is not None
    assert all(-1 <= one.mutual_information <= 1 for one in distillation.ranking.values())


def test_it_serves_one_pass_and_says_so(distilled):
    predictor = load_predictor(distilled[0], precision="float32")
    (said,) = predictor.understand(TEXTS[:1], passes=30, seed=4)
    assert (said.estimator, said.passes, said.seed) == ("one_pass/float32", 1, 4)
    doubt = said.question_type.uncertainty
    assert doubt.predictive_entropy == pytest.approx(doubt.expected_entropy + doubt.mutual_information)
    assert doubt.mutual_information > 0
    assert sum(said.dialogue_act.probabilities) == pytest.approx(1)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_company_changes_nothing_at_all(distilled, precision):
    predictor = load_predictor(distilled[0], precision=precision)
    together = predictor.understand(TEXTS, seed=list(range(len(TEXTS))))
    alone = [predictor.understand([text], seed=[seed])[0] for seed, text in enumerate(TEXTS)]
    assert plain(together) == plain(alone)
    assert [said.embedding for said in together] == [said.embedding for said in alone]


def test_passes_can_still_be_drawn_and_are_what_they_were(distilled, monkeypatch):
    store, _ = distilled
    exact = load_predictor(store, estimator="passes")
    (said,) = exact.understand(TEXTS[:1], passes=5, seed=9)
    assert (said.estimator, said.passes) == ("passes", 5)
    monkeypatch.setenv("ACTS_ESTIMATOR", "passes")
    assert plain(load_predictor(store).understand(TEXTS[:1], passes=5, seed=9)) == plain([said])


def test_a_version_without_it_draws_passes(tiny_store):
    store, version = tiny_store
    assert store.manifest(version).distillation is None
    (said,) = load_predictor(store, estimator="one_pass").understand(TEXTS[:1], passes=3)
    assert (said.estimator, said.passes) == ("passes", 3)


def test_a_version_without_it_is_given_it_and_keeps_its_weights(own_store, eight, tiny_config, config):
    old = train_tiny(own_store, eight, tiny_config)
    asked = {"held_out": eight, "progress": lambda *_: None, "cancelled": lambda: False, "parent": old}
    new = redistil_understanding(eight, config=config, store=own_store, **asked)
    before, after = own_store.manifest(old), own_store.verify(new)
    assert after.lineage["distilled_from"] == old
    assert after.distillation.texts == 30
    assert set(after.files) - set(before.files) == {"one_pass.safetensors"}
    assert all(after.files[name] == file for name, file in before.files.items())
    (said,) = load_predictor(own_store, new).understand(TEXTS[:1])
    assert said.passes == 1
    with pytest.raises(ValueError, match="no text"):
        redistil_understanding([], config=config, store=own_store, **asked)
    with pytest.raises(TrainingCancelled, match="distilling"):
        redistil_understanding(eight, config=config, store=own_store, **(asked | {"cancelled": lambda: True}))
    assert len(own_store.versions()) == 2


def test_a_tampered_estimator_is_refused(eight, config, own_store):
    version = train_tiny(own_store, eight, config)
    path = own_store.path(version) / "one_pass.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelStoreError, match=r"one_pass\.safetensors") as caught:
        load_predictor(own_store, version)
    assert caught.value.code == "tampered_file"
    path.unlink()
    with pytest.raises(ModelStoreError) as caught:
        load_predictor(own_store, version)
    assert caught.value.code == "missing_file"


def test_an_unknown_estimator_is_refused_by_name(distilled, monkeypatch):
    monkeypatch.setenv("ACTS_ESTIMATOR", "crystal_ball")
    with pytest.raises(ValueError, match=r"crystal_ball.*one_pass, passes.*ACTS_ESTIMATOR"):
        load_predictor(distilled[0])


def test_distilling_can_be_cancelled(eight, config, own_store):
    told = []

    with pytest.raises(TrainingCancelled, match="distilling"):
        train_tiny(
            own_store,
            eight,
            config,
            progress=lambda share, message: told.append(message),
            cancelled=lambda: bool(told) and "distilling" in told[-1],
        )
    assert own_store.versions() == []


def test_the_same_seed_distils_the_same(eight, config, own_store, distilled):
    again = train_tiny(own_store, eight, config)
    assert own_store.manifest(again).files == distilled[0].manifest(distilled[1]).files


def test_what_is_learned_ranks_as_drawn_passes_do(tiny_backbone):
    """A random model, all of whose doubt is dropout's: one pass ranks texts as two hundred passes do."""
    torch.manual_seed(0)
    backbone = load_backbone(tiny_backbone)
    model = UnderstandingModel(
        backbone, TrainingConfig(encoder_dropout=None).peft_config([1]), dropout=0.4
    ).eval()
    for head in model.heads.values():
        torch.nn.init.normal_(head.weight, std=0.4)
    texts = augmented([*TEXTS, "What is 3/4 of 12?", "No, that is not right.", "Well done!"], 120, 0)
    learned = distil(
        model, backbone.tokenizer, texts[:80], temperatures={}, passes=12, seed=0, between=lambda share: None
    )
    read = read_both_ways(model, backbone.tokenizer, texts[80:], passes=200, seed=1)
    found = rankings(model, learned, read, {})
    assert found["question_type"].mutual_information > 0.85
    assert found["tags"].mutual_information > 0.85
    assert found["dialogue_act"].predictive_entropy > 0.9


def test_what_was_learned_is_read_back(distilled):
    store, version = distilled
    learned = read_distilled(store.path(version))
    assert set(learned) == {"dialogue_act", "question_type", "tags"}
    assert learned["tags"].below.shape == (11, 11)
    assert torch.linalg.eigvalsh(learned["tags"].below).min() > 0


def test_texts_are_joined_when_there_are_too_few():
    found = augmented(TEXTS, 25, 0)
    assert len(found) == len(set(found)) == 25
    assert set(TEXTS) <= set(found)
    assert found == augmented(TEXTS, 25, 0)
    assert len(augmented(["one"], 25, 0)) >= 1
