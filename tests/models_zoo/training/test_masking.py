"""Word pieces of training lines are hidden, and nothing else changes."""

import dataclasses

import pytest
import torch

from models_zoo.backbones import load_backbone
from models_zoo.encoding import IGNORED, encode, tag_targets
from models_zoo.storage import read_model
from models_zoo.training import compress_understanding
from models_zoo.training.fitting import loss_of
from models_zoo.training.masking import masked
from models_zoo.uncertainty.dropout import RandomSource
from tests.models_zoo.conftest import train_tiny

LINES = ["How long is the blue rectangle?", "Why?", "Use the scale factor, then add 3 to it."] * 40


@pytest.fixture(scope="module")
def tokenizer(tiny_backbone):
    return load_backbone(tiny_backbone).tokenizer


@pytest.fixture
def batch(tokenizer):
    return encode(tokenizer, LINES)


def test_of_the_word_pieces_the_share_that_was_asked_for_is_hidden(batch, tokenizer):
    hidden = masked(batch, tokenizer, 0.2, RandomSource()).input_ids == tokenizer.mask_token_id
    pieces = ~torch.isin(batch.input_ids, torch.tensor(tokenizer.all_special_ids))
    assert hidden[pieces].float().mean() == pytest.approx(0.2, abs=0.03)


def test_special_tokens_padding_and_all_that_is_not_hidden_stay(batch, tokenizer):
    found = masked(batch, tokenizer, 1.0, RandomSource())
    special = torch.isin(batch.input_ids, torch.tensor(tokenizer.all_special_ids))
    assert torch.equal(found.input_ids[special], batch.input_ids[special])
    assert set(found.input_ids[~special].tolist()) == {tokenizer.mask_token_id}
    some = masked(batch, tokenizer, 0.3, RandomSource()).input_ids
    untouched = some != tokenizer.mask_token_id
    assert torch.equal(some[untouched], batch.input_ids[untouched])


def test_a_hidden_word_is_not_to_be_tagged_and_the_others_are_as_before(batch, tokenizer, eight):
    before = batch.input_ids.clone()
    found = masked(batch, tokenizer, 0.5, RandomSource())
    assert torch.equal(batch.input_ids, before)
    assert torch.equal(found.attention_mask, batch.attention_mask)
    lines = encode(tokenizer, [line.text for line in eight])
    spans = [line.entities for line in eight]
    hidden = masked(lines, tokenizer, 0.5, RandomSource())
    targets, all_of_them = tag_targets(hidden, spans), tag_targets(lines, spans)
    gone = hidden.input_ids == tokenizer.mask_token_id
    assert (all_of_them[gone] != IGNORED).any()
    assert (targets[gone] == IGNORED).all()
    assert torch.equal(targets[~gone], all_of_them[~gone])


def test_one_seed_hides_the_same_and_the_next_draw_does_not(batch, tokenizer):
    source = RandomSource()
    first, second = (masked(batch, tokenizer, 0.3, source).input_ids for _ in range(2))
    source.seed(0)
    assert torch.equal(masked(batch, tokenizer, 0.3, source).input_ids, first)
    assert not torch.equal(first, second)


def test_at_zero_nothing_is_drawn(batch, tokenizer):
    source, untouched = RandomSource(), RandomSource()
    assert masked(batch, tokenizer, 0.0, source) is batch
    assert torch.equal(source.keep(batch.input_ids, 0.5), untouched.keep(batch.input_ids, 0.5))


def test_one_seed_gives_one_version_and_the_setting_another(own_store, eight, tiny_config, tiny_store):
    config = dataclasses.replace(tiny_config, token_masking=0.3)
    first, second = (own_store.manifest(train_tiny(own_store, eight, config)) for _ in range(2))
    plain = tiny_store[0].manifest(tiny_store[1])
    assert first.files == second.files
    assert first.files["heads.safetensors"] != plain.files["heads.safetensors"]
    assert (first.training["token_masking"], plain.training["token_masking"]) == (0.3, 0.0)


def test_reading_a_line_later_hides_nothing(own_store, eight, tiny_config):
    """The same weights, and no masks of dropout: two readings of a line then are the same to the last bit."""
    config = dataclasses.replace(tiny_config, token_masking=0.9, encoder_dropout=0.0, head_dropout=0.0)
    version = train_tiny(own_store, eight, config)
    manifest = own_store.manifest(version)
    backbone = load_backbone(manifest.backbone)
    model = read_model(own_store.path(version), backbone).train()
    plain, again = (loss_of(model, backbone.tokenizer, eight) for _ in range(2))
    assert torch.equal(plain, again)
    assert not torch.equal(plain, loss_of(model, backbone.tokenizer, eight, token_masking=0.9))


def test_what_goes_on_from_it_keeps_it_whatever_is_asked(own_store, eight, tiny_config):
    first = train_tiny(own_store, eight, dataclasses.replace(tiny_config, token_masking=0.3))
    asked = dataclasses.replace(tiny_config, token_masking=0.0, epochs=1, rehearsal=0.0)
    second = train_tiny(own_store, eight, asked, parent=first)
    third = compress_understanding(
        eight,
        held_out=eight,
        config=dataclasses.replace(asked, targets=("q_lin",)),
        progress=lambda *_: None,
        cancelled=lambda: False,
        parent=second,
        store=own_store,
        lineage={},
    )
    for version in (first, second, third):
        assert own_store.manifest(version).training["token_masking"] == 0.3
