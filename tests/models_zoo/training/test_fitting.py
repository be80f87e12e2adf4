import dataclasses

import pytest
import torch

from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.training import TrainingConfig
from models_zoo.training.fitting import loss_of, rate_factor


@pytest.fixture
def model(tiny_backbone):
    torch.manual_seed(0)
    return UnderstandingModel(load_backbone(tiny_backbone), TrainingConfig().peft_config()).eval()


@pytest.fixture
def tokenizer(tiny_backbone):
    return load_backbone(tiny_backbone).tokenizer


def test_a_missing_label_leaves_its_head_alone(model, tokenizer, eight):
    bare = [dataclasses.replace(row, dialogue_act=None, entities=None) for row in eight]
    loss_of(model, tokenizer, bare).backward()
    assert model.heads["question_type"].weight.grad.any()
    assert not model.heads["dialogue_act"].weight.grad.any()
    assert not model.heads["tags"].weight.grad.any()


def test_no_label_at_all_costs_nothing(model, tokenizer, eight):
    bare = [dataclasses.replace(row, dialogue_act=None, question_type=None, entities=None) for row in eight]
    assert loss_of(model, tokenizer, bare) == 0


def test_a_weight_counts_like_repeating_the_example(model, tokenizer, eight):
    one, other = (dataclasses.replace(row, entities=None) for row in eight[:2])
    weighted = loss_of(model, tokenizer, [dataclasses.replace(one, weight=2.0), other])
    repeated = loss_of(model, tokenizer, [one, one, other])
    assert weighted.item() == pytest.approx(repeated.item(), rel=1e-5)


def test_the_rate_warms_up_and_decays():
    rates = [rate_factor(step, 20) for step in range(20)]
    assert rates[0] == 0.5
    assert max(rates) == rates[1] == rates[2] == 1.0
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert 0 < rates[-1] < 0.1
