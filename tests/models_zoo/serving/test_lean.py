"""The served pass: equal to the model's own, and blind to neighbours."""

import pytest
import torch
from torch import nn

from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.precision import native_precision
from models_zoo.serving.lean import LeanEncoder
from models_zoo.training import TrainingConfig


def model_on(tiny_backbone: str, adapter: str, blocks: list[int] | None) -> UnderstandingModel:
    torch.manual_seed(0)
    config = TrainingConfig(adapter=adapter, rank=2)
    model = UnderstandingModel(load_backbone(tiny_backbone), config.peft_config(blocks)).eval()
    for parameter in model.trainable_state().values():  # a fresh adapter changes nothing
        nn.init.normal_(parameter, std=0.6)
    return model


@pytest.fixture(scope="module", params=[("cp", None), ("cp", [1]), ("lora", [1])], ids=str)
def model(request, tiny_backbone) -> UnderstandingModel:
    return model_on(tiny_backbone, *request.param)


@pytest.fixture(scope="module")
def rows() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randint(1000, 20_000, (length,), generator=generator) for length in (3, 17, 9, 17, 40)]


@torch.inference_mode()
def test_it_reads_as_the_model_does_with_and_without_the_adapter(model, rows):
    for ids, reading in zip(rows, LeanEncoder(model).read(rows), strict=True):
        expected = model.encoder(input_ids=ids[None]).last_hidden_state[0]
        assert torch.allclose(reading.hidden, expected, atol=1e-4)
        assert torch.allclose(reading.pooled, expected.mean(0), atol=1e-4)
        bare = nn.functional.normalize(reading.bare, dim=0)
        assert torch.allclose(bare, model.embed(ids[None])[0], atol=1e-4)
        assert not torch.allclose(reading.bare, reading.pooled, atol=1e-3)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_company_changes_not_one_bit(model, rows, precision):
    encoder = LeanEncoder(model, precision)
    together = encoder.read(rows)
    for ids, reading in zip(rows, together, strict=True):
        (alone,) = encoder.read([ids])
        assert torch.equal(alone.hidden, reading.hidden)
        assert torch.equal(alone.pooled, reading.pooled)
        assert torch.equal(alone.bare, reading.bare)
    reverse = encoder.read(rows[::-1])[::-1]
    assert all(torch.equal(one.hidden, other.hidden) for one, other in zip(together, reverse, strict=True))


def test_the_model_is_left_as_it_was(model, rows):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    LeanEncoder(model).read(rows)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_blocks_without_adapter_are_shared(tiny_backbone):
    assert len(LeanEncoder(model_on(tiny_backbone, "cp", [1]))._shared) == 1
    assert len(LeanEncoder(model_on(tiny_backbone, "cp", None))._shared) == 0


def test_half_precision_is_close(model, rows):
    exact, rough = LeanEncoder(model).read(rows), LeanEncoder(model, "bfloat16").read(rows)
    for one, other in zip(exact, rough, strict=True):
        assert torch.nn.functional.cosine_similarity(one.pooled, other.pooled, dim=0) > 0.995


def test_nothing_to_read_is_nothing_read(model):
    assert LeanEncoder(model).read([]) == []


def test_the_native_precision_is_one_that_there_is():
    assert native_precision() in ("float32", "bfloat16")
