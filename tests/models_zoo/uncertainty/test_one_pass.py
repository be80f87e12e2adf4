"""One pass against passes that are really drawn, where both can be known exactly."""

import pytest
import torch
from torch import nn

from models_zoo.uncertainty.measures import measures_of
from models_zoo.uncertainty.one_pass import Distilled, OnePass, belief_of, inputs_of, normal_points

P = 0.3


@pytest.fixture
def linear() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(64, 4)


def knowing(below: float = 0.0, shrinkage: float = 0.0) -> Distilled:
    return Distilled.of_covariance(below * torch.eye(4), shrinkage)


def drawn(linear: nn.Linear, states: torch.Tensor, count: int) -> torch.Tensor:
    """Logits under so many masks: (T, N, C)."""
    generator = torch.Generator().manual_seed(1)
    kept = torch.rand((count, *states.shape), generator=generator) >= P
    return (linear(states * kept / (1 - P))).detach()


def test_the_covariance_of_masks_is_exact(linear):
    states = torch.randn(3, 64)
    logits = drawn(linear, states, 40_000)
    centred = logits - logits.mean(0)
    sampled = torch.einsum("tnc,tnd->ncd", centred, centred) / len(logits)
    exact = OnePass(linear, P, 1.0, knowing()).head_covariance(states)
    assert torch.allclose(exact, sampled, atol=0.02 * float(exact.diagonal(dim1=1, dim2=2).mean()))


def test_it_says_what_many_drawn_passes_say(linear):
    states = 2 * torch.randn(50, 64)
    reference = measures_of(drawn(linear, states, 4000).softmax(-1))
    said = OnePass(linear, P, 1.0, knowing(1e-8))(states, length=20).measures
    for name in ("predictive_entropy", "mutual_information", "max_probability", "variation_ratio"):
        ours, theirs = getattr(said, name), getattr(reference, name)
        assert torch.corrcoef(torch.stack([ours, theirs]))[0, 1] > 0.98
        assert torch.allclose(ours.mean(), theirs.mean(), atol=0.02)


def test_entropies_stay_a_sum_and_nothing_is_negative(linear):
    learned = knowing(0.5)
    learned = Distilled(**{**learned.tensors(), "constant": torch.tensor(5.0)})  # a wildly wrong correction
    said = OnePass(linear, P, 1.0, learned)(torch.randn(9, 64), length=5).measures
    assert torch.allclose(said.predictive_entropy, said.expected_entropy + said.mutual_information)
    assert (said.expected_entropy >= 0).all()
    assert (said.mutual_information >= 0).all()


def test_a_temperature_divides_the_logits(linear):
    states = torch.randn(5, 64)
    cold = OnePass(linear, P, 1.0, knowing(1e-8))(states, 8).measures
    warm = OnePass(linear, P, 4.0, knowing(1e-8))(states, 8).measures
    assert (warm.predictive_entropy > cold.predictive_entropy).all()


def test_dropout_below_shrinks_with_length(linear):
    states = torch.randn(5, 64)
    doubt = OnePass(linear, P, 1.0, knowing(1.0, shrinkage=1.0))
    short, long = (doubt(states, length).measures.mutual_information for length in (4, 64))
    assert (short > long).all()


def test_a_position_does_not_depend_on_where_it_stands(linear):
    states = torch.randn(6, 64)
    doubt = OnePass(linear, P, 1.0, knowing(0.1))
    whole = doubt(states, 10)
    assert torch.equal(whole.at(2).probabilities, doubt(states, 10).probabilities[2])
    assert torch.allclose(doubt(states[2:3], 10).probabilities[0], whole.probabilities[2])


def test_the_points_are_normal_and_balanced():
    points = normal_points(9)
    assert torch.allclose(points.mean(0), torch.zeros(9), atol=1e-6)
    assert torch.allclose(points.var(0), torch.ones(9), atol=0.25)


def test_the_correction_sees_finite_figures_even_for_certainty():
    certain = belief_of(torch.tensor([1.0, 0.0, 0.0]).expand(4, 1, 3))
    assert torch.isfinite(inputs_of(certain, 1)).all()
