import pytest
import torch
from transformers import BertModel

from models_zoo.backbones import BackboneError, load_backbone, packaged_folder
from models_zoo.encoding import encode

TEXTS = ["What is the length of the blue rectangle?", "why?"]


def test_the_packaged_bert_gives_the_same_hidden_states_as_a_distilbert():
    backbone = load_backbone()
    reference = BertModel.from_pretrained(packaged_folder(), local_files_only=True).eval()
    batch = encode(backbone.tokenizer, TEXTS)
    inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
    with torch.inference_mode():
        ours = backbone.model(**inputs).last_hidden_state
        theirs = reference(**inputs).last_hidden_state
    real = batch.attention_mask.bool()
    assert torch.allclose(ours[real], theirs[real], atol=1e-5)


def test_the_name_can_be_set_by_the_environment(tiny_backbone, monkeypatch):
    monkeypatch.setenv("ACTS_BACKBONE", tiny_backbone)
    assert load_backbone().model.config.dim == 32


def test_the_digest_tells_weights_apart(tiny_backbone):
    first = load_backbone(tiny_backbone)
    second = load_backbone(tiny_backbone)
    assert first.sha256 == second.sha256
    assert first.sha256 != load_backbone().sha256


def test_an_absent_encoder_is_refused_without_a_download():
    with pytest.raises(BackboneError, match="allow its download") as caught:
        load_backbone("distilbert-that-nobody-has")
    assert caught.value.code == "backbone_missing"


def test_another_architecture_is_refused():
    with pytest.raises(BackboneError, match="BertModel") as caught:
        load_backbone(str(packaged_folder()))
    assert caught.value.code == "backbone_kind"
