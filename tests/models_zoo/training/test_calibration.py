import pytest
import torch

from models_zoo.backbones import load_backbone
from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.training import TrainingConfig
from models_zoo.training.calibration import best_temperature, fit_temperatures


def drawn_labels(temperature: float, n: int = 4000):
    """Logits three times as bold, or a third as bold, as the labels drawn from them allow."""
    generator = torch.Generator().manual_seed(0)
    honest = torch.randn(n, 4, generator=generator)
    labels = torch.multinomial(honest.softmax(-1), 1, generator=generator).squeeze(-1)
    return (honest * temperature)[None], labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_logits_too_bold_is_found(temperature):
    assert best_temperature(*drawn_labels(temperature)) == pytest.approx(temperature, rel=0.15)


def test_a_few_easy_examples_do_not_make_it_overbold():
    logits = torch.tensor([[[2.0, 0.0]]]).repeat(1, 30, 1)
    labels = torch.zeros(30, dtype=torch.int64)
    assert best_temperature(logits, labels) > 0.5


def test_too_few_labels_keep_what_was_before(tiny_backbone, eight):
    backbone = load_backbone(tiny_backbone)
    model = UnderstandingModel(backbone, TrainingConfig().peft_config())
    kept = fit_temperatures(model, backbone.tokenizer, eight, before={"question_type": 1.7})
    assert kept == {"dialogue_act": 1.0, "question_type": 1.7, "tags": 1.0}


def test_enough_labels_move_every_head(tiny_backbone, eight):
    backbone = load_backbone(tiny_backbone)
    model = UnderstandingModel(backbone, TrainingConfig().peft_config())
    found = fit_temperatures(model, backbone.tokenizer, eight * 4, before={})
    assert all(temperature != 1.0 for temperature in found.values())
