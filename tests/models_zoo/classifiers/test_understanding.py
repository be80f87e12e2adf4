import pytest
import torch

from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import encode
from models_zoo.training import TrainingConfig
from models_zoo.training.fitting import fit, loss_of


def build(tiny_backbone, adapter="cp", seed=0):
    backbone = load_backbone(tiny_backbone)
    torch.manual_seed(seed)
    model = UnderstandingModel(backbone, TrainingConfig(adapter=adapter).peft_config())
    return model, backbone.tokenizer


def trained_logits(tiny_backbone, examples, *, seed, epochs=2):
    model, tokenizer = build(tiny_backbone)
    config = TrainingConfig(seed=seed, epochs=epochs, batch_size=4)
    fit(model, tokenizer, examples, config, progress=lambda *_: None, cancelled=lambda: False)
    with torch.inference_mode():
        return model(encode(tokenizer, ["How long is it?"]).input_ids).question_type


@pytest.mark.parametrize("adapter", ["lora", "cp", "tucker", "tensor_train", "tensor_ring"])
def test_output_shapes(tiny_backbone, adapter):
    model, tokenizer = build(tiny_backbone, adapter)
    batch = encode(tokenizer, ["What is the length?", "why"])
    logits = model(batch.input_ids, batch.attention_mask)
    rows, length = batch.input_ids.shape
    assert logits.dialogue_act.shape == (rows, 9)
    assert logits.question_type.shape == (rows, 4)
    assert logits.tags.shape == (rows, length, 11)
    embedding = model.embed(batch.input_ids, batch.attention_mask)
    assert torch.allclose(embedding.norm(dim=-1), torch.ones(rows))


def test_gradients_reach_adapter_and_heads_and_nothing_else(tiny_backbone, eight):
    model, tokenizer = build(tiny_backbone)
    with torch.no_grad():  # an adapter starts without effect, which blocks the gradient of its other factors
        for parameter in model.trainable_state().values():
            parameter.add_(0.1 * torch.randn_like(parameter))
    loss_of(model, tokenizer, eight).backward()
    reached = {
        name for name, value in model.named_parameters() if value.grad is not None and value.grad.any()
    }
    assert reached == set(model.trainable_state())
    assert any("tensor_adapter" in name for name in reached)


def test_it_overfits_eight_examples(tiny_backbone, eight):
    model, tokenizer = build(tiny_backbone)
    config = TrainingConfig(epochs=120, batch_size=8, learning_rate=2e-2)
    fit(model, tokenizer, eight, config, progress=lambda *_: None, cancelled=lambda: False)
    with torch.inference_mode():
        assert loss_of(model, tokenizer, eight) < 0.3


def test_the_same_seed_trains_to_the_same_result(tiny_backbone, eight):
    first = trained_logits(tiny_backbone, eight, seed=3)
    assert torch.equal(first, trained_logits(tiny_backbone, eight, seed=3))
    assert not torch.equal(first, trained_logits(tiny_backbone, eight, seed=4))


def test_padding_changes_nothing(tiny_backbone):
    model, tokenizer = build(tiny_backbone)
    model.eval()
    alone = encode(tokenizer, ["why"])
    padded = encode(tokenizer, ["why", "What is the length of the blue rectangle?"])
    with torch.inference_mode():
        short = model(alone.input_ids).dialogue_act[0]
        long = model(padded.input_ids, padded.attention_mask).dialogue_act[0]
    assert torch.allclose(short, long, atol=1e-5)


def test_the_embedding_ignores_the_adapter(tiny_backbone, eight):
    model, tokenizer = build(tiny_backbone)
    batch = encode(tokenizer, ["How long is it?"])
    before = model.embed(batch.input_ids)
    config = TrainingConfig(epochs=3, batch_size=4)
    fit(model, tokenizer, eight, config, progress=lambda *_: None, cancelled=lambda: False)
    assert torch.equal(before, model.embed(batch.input_ids))
