"""Where dropout stands: before the heads only, or in the encoder too."""

import dataclasses

import pytest
import torch
from safetensors.torch import load_file, save_file

from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import encode
from models_zoo.storage import HEADS, read_model
from models_zoo.training import TrainingConfig, compress_understanding
from models_zoo.training.distillation import augmented, distil, rankings, read_both_ways
from models_zoo.uncertainty.dropout import SeededDropout, dropout_active
from models_zoo.uncertainty.passes import draw_many, draw_passes
from tests.models_zoo.conftest import train_tiny

TEXTS = ["How long is the blue one?", "Why?", "Hello Sam!", "Use the scale factor, then add 3 to it.", "How?"]


@pytest.fixture(scope="module")
def model(tiny_backbone) -> UnderstandingModel:
    """Random, with an adapter that does something, and heads that are torn."""
    torch.manual_seed(0)
    config = TrainingConfig(encoder_dropout=0.0).peft_config([1])
    found = UnderstandingModel(load_backbone(tiny_backbone), config, dropout=0.4, encoder_dropout=0.0)
    for parameter in found.trainable_state().values():
        torch.nn.init.normal_(parameter, std=0.4)
    return found.eval()


@pytest.fixture(scope="module")
def tokens(tiny_backbone):
    tokenizer = load_backbone(tiny_backbone).tokenizer
    return [encode(tokenizer, [text]).input_ids[0] for text in TEXTS]


def rates(model: UnderstandingModel) -> set[float]:
    """Of the layers within the encoder and its adapter."""
    return {layer.p for layer in model.encoder.modules() if isinstance(layer, SeededDropout)}


def test_passes_of_one_reading_are_those_of_reading_anew(model, tokens):
    ids = tokens[0]
    drawn = draw_passes(model, ids, passes=6, seed=3, temperature={})
    model.randomness.seed(3)
    with torch.inference_mode(), dropout_active(model):
        anew = model(ids.expand(6, -1))
    assert len(drawn.question_type.unique(dim=0)) == 6
    for head in ("dialogue_act", "question_type", "tags"):
        expected = getattr(anew, head).double().softmax(-1)
        torch.testing.assert_close(getattr(drawn, head), expected, atol=1e-5, rtol=0)


def test_so_are_those_of_many_utterances(model, tokens):
    settled = draw_many(model, tokens, passes=5, seed=2)
    model.encoder_dropout = None  # its layers still drop nothing: the general way, the same masks
    try:
        general = draw_many(model, tokens, passes=5, seed=2)
    finally:
        model.encoder_dropout = 0.0
    for one, other in zip(settled, general, strict=True):
        torch.testing.assert_close(one.question_type, other.question_type, atol=1e-4, rtol=0)
        torch.testing.assert_close(one.tags, other.tags, atol=1e-4, rtol=0)


def test_one_pass_then_ranks_as_the_passes_do_with_nothing_learned(model, tiny_backbone):
    tokenizer = load_backbone(tiny_backbone).tokenizer
    learned = distil(model, tokenizer, [], temperatures={}, passes=0, seed=0)
    texts = augmented(TEXTS, 60, 0)
    read = read_both_ways(model, tokenizer, texts, passes=400, seed=1)
    found = rankings(model, learned, read, {})
    assert min(found[head].mutual_information for head in ("dialogue_act", "question_type")) > 0.98
    assert found["tags"].mutual_information > 0.85  # a random tagger is about as torn about any word
    assert min(one.predictive_entropy for one in found.values()) > 0.98


def test_a_version_is_trained_so_and_says_so(own_store, eight, tiny_config):
    config = dataclasses.replace(
        tiny_config, encoder_dropout=0.0, distillation_texts=30, distillation_checked=6
    )
    version = train_tiny(own_store, eight, config)
    manifest = own_store.verify(version)
    assert manifest.training["encoder_dropout"] == 0.0
    assert (manifest.distillation.texts, manifest.distillation.passes) == (0, 0)
    model = read_model(own_store.path(version), load_backbone(manifest.backbone))
    assert (model.encoder_dropout, rates(model)) == (0.0, {0.0})


def test_a_version_that_does_not_say_keeps_the_encoders_own(own_store, eight, tiny_config):
    version = train_tiny(own_store, eight, tiny_config)
    folder = own_store.path(version)
    weights = load_file(folder / HEADS)
    save_file(weights, folder / HEADS, {"dropout": "0.4"})  # as versions were before it was stored
    model = read_model(folder, load_backbone(own_store.manifest(version).backbone))
    assert (model.encoder_dropout, model.settled_below, rates(model)) == (None, False, {0.1})


@pytest.mark.parametrize("below", [0.0, 0.2, None])
def test_what_goes_on_from_it_keeps_it_whatever_is_asked(own_store, eight, tiny_config, below):
    first = train_tiny(own_store, eight, dataclasses.replace(tiny_config, encoder_dropout=below))
    asked = dataclasses.replace(tiny_config, encoder_dropout=0.3, head_dropout=0.2, epochs=1)
    second = train_tiny(own_store, eight, asked, parent=first)
    form = dataclasses.replace(asked, targets=("q_lin",))
    third = compress_understanding(
        eight,
        held_out=eight,
        config=form,
        progress=lambda *_: None,
        cancelled=lambda: False,
        parent=second,
        store=own_store,
        lineage={},
    )
    for version in (first, second, third):
        manifest = own_store.manifest(version)
        model = read_model(own_store.path(version), load_backbone(manifest.backbone))
        assert (model.encoder_dropout, model.head_dropout) == (below, 0.4)
        assert rates(model) == {0.1 if below is None else below}
        assert manifest.training["encoder_dropout"] == below
        assert manifest.training["head_dropout"] == 0.4
