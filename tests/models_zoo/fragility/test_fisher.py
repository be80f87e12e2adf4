import pytest
import torch

from models_zoo.classifiers.understanding import UnderstandingModel
from models_zoo.encoding import encode
from models_zoo.fragility.fisher import fragility, largest_eigenvalue
from models_zoo.fragility.questions import question_type_fragility
from models_zoo.serving.predictor import load_predictor

TEXTS = ["Why?", "How long is the blue side of the second rectangle?"]


def net(inputs: int = 6, classes: int = 4) -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(inputs, 8), torch.nn.Tanh(), torch.nn.Linear(8, classes), torch.nn.LogSoftmax(-1)
    ).double()


def test_it_is_the_largest_eigenvalue_of_the_wide_matrix():
    model, x = net(), torch.randn(3, 6, dtype=torch.double)
    found = fragility(model, x)
    for row in range(3):
        jacobian = torch.autograd.functional.jacobian(lambda each: model(each[None])[0], x[row])
        wide = jacobian.T @ torch.diag(model(x[row : row + 1])[0].exp()) @ jacobian  # (6, 6)
        assert found[row].item() == pytest.approx(torch.linalg.eigvalsh(wide)[-1].item())


def test_half_of_it_is_the_divergence_of_a_small_step_in_the_worst_direction():
    model, x = net(), torch.randn(1, 6, dtype=torch.double)
    jacobian = torch.autograd.functional.jacobian(lambda each: model(each[None])[0], x[0])
    before = model(x)[0]
    values, vectors = torch.linalg.eigh(jacobian.T @ torch.diag(before.exp()) @ jacobian)
    step = 1e-3 * vectors[:, -1]
    divergence = (before.exp() * (before - model(x + step)[0])).sum()
    assert divergence.item() == pytest.approx(0.5 * values[-1].item() * 1e-6, rel=1e-2)


def test_an_answer_that_ignores_its_input_is_not_fragile():
    assert largest_eigenvalue(torch.zeros(2, 4).log_softmax(-1), torch.zeros(2, 4, 6)).tolist() == [0, 0]


def test_the_boundary_between_two_classes_is_the_most_fragile_place():
    along = torch.linspace(-3, 3, 61, dtype=torch.double)[:, None]
    found = fragility(lambda x: torch.cat([x, -x], dim=1).log_softmax(-1), along)
    assert found.argmax() == 30


def test_padding_changes_nothing_and_the_model_is_left_as_it_was(tiny_store):
    predictor = load_predictor(*tiny_store)
    model: UnderstandingModel = predictor.model
    model.train()
    together = encode(predictor.tokenizer, TEXTS)
    both = question_type_fragility(model, together.input_ids, together.attention_mask)
    for row, text in enumerate(TEXTS):
        alone = encode(predictor.tokenizer, [text])
        only = question_type_fragility(model, alone.input_ids, alone.attention_mask)
        assert both[row].item() == pytest.approx(only.item(), rel=1e-3)
    assert model.training
    assert not model.encoder.get_input_embeddings()._forward_hooks
    assert all(parameter.grad is None for parameter in model.parameters())
    temperature = predictor.manifest.calibration.get("question_type", 1.0)
    expected = question_type_fragility(model, together.input_ids, together.attention_mask, temperature)
    assert predictor.fragility(TEXTS) == pytest.approx(expected.numpy())
    assert predictor.fragility([]).shape == (0,)
