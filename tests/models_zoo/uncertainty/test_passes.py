import pytest
import torch

from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import encode
from models_zoo.training import TrainingConfig
from models_zoo.uncertainty.dropout import SeededDropout
from models_zoo.uncertainty.passes import draw_passes


@pytest.fixture(scope="module")
def model(tiny_backbone):
    torch.manual_seed(0)
    return UnderstandingModel(
        load_backbone(tiny_backbone), TrainingConfig(encoder_dropout=None).peft_config()
    ).eval()


@pytest.fixture(scope="module")
def ids(tiny_backbone):
    return encode(load_backbone(tiny_backbone).tokenizer, ["How long is the blue one?"]).input_ids[0]


def draw(model, ids, *, passes=7, seed=0, **temperature):
    return draw_passes(model, ids, passes=passes, seed=seed, temperature=temperature)


def test_there_is_one_distribution_a_pass_and_head(model, ids):
    drawn = draw(model, ids, passes=50)  # more than fit into one forward
    assert drawn.dialogue_act.shape == (50, 9)
    assert drawn.tags.shape == (50, len(ids), 11)
    assert torch.allclose(drawn.question_type.sum(-1), torch.ones(50, dtype=torch.float64))


def test_passes_differ_and_a_seed_repeats_them(model, ids):
    first = draw(model, ids, seed=1)
    assert len(first.question_type.unique(dim=0)) == 7
    assert torch.equal(first.tags, draw(model, ids, seed=1).tags)
    assert not torch.equal(first.tags, draw(model, ids, seed=2).tags)


def test_dropout_reaches_backbone_adapter_and_heads(model):
    kinds = {name for name, module in model.named_modules() if isinstance(module, SeededDropout)}
    assert any("attention" in name for name in kinds)
    assert any("embeddings" in name for name in kinds)
    assert any("tensor_adapter_dropout" in name for name in kinds)
    assert "dropout" in kinds  # before the heads


def test_a_temperature_flattens_its_own_head_only(model, ids):
    plain, flat = draw(model, ids), draw(model, ids, question_type=50.0)
    assert flat.question_type.max() < plain.question_type.max()
    assert torch.equal(flat.dialogue_act, plain.dialogue_act)


def test_no_pass_at_all_is_refused(model, ids):
    with pytest.raises(ValueError, match="passes is 0"):
        draw(model, ids, passes=0)
