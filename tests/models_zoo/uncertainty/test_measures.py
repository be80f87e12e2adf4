import math

import numpy as np
import pytest
import torch
from scipy.stats import entropy as scipy_entropy

from models_zoo.uncertainty.measures import entropy, measures_of


def test_entropy_of_certainty_is_zero_and_of_a_uniform_guess_is_log_c():
    assert entropy(torch.tensor([1.0, 0.0, 0.0])) == 0
    assert float(entropy(torch.full((5,), 0.2))) == pytest.approx(math.log(5))


def test_passes_that_agree_have_no_mutual_information():
    one = torch.tensor([0.7, 0.2, 0.1])
    said = measures_of(one.expand(30, 3)).at()
    assert said.mutual_information == pytest.approx(0, abs=1e-12)
    assert said.predictive_entropy == pytest.approx(said.expected_entropy)


def test_passes_that_are_sure_of_opposites_have_nothing_but_mutual_information():
    said = measures_of(torch.eye(2).repeat(5, 1)).at()
    assert said.predictive_entropy == pytest.approx(math.log(2))
    assert said.expected_entropy == pytest.approx(0)
    assert said.mutual_information == pytest.approx(math.log(2))


def test_measures_agree_with_numpy_and_scipy_on_random_passes():
    passes = np.random.default_rng(0).dirichlet([0.5] * 4, size=(20, 3))  # (T, words, C)
    said = measures_of(torch.from_numpy(passes))
    predictive = scipy_entropy(passes.mean(0), axis=-1)
    expected = scipy_entropy(passes, axis=-1).mean(0)
    np.testing.assert_allclose(said.predictive_entropy, predictive)
    np.testing.assert_allclose(said.expected_entropy, expected)
    np.testing.assert_allclose(said.mutual_information, predictive - expected)
    assert said.at(2).predictive_entropy == pytest.approx(predictive[2])


def test_the_variation_ratio_is_the_share_of_passes_that_vote_against_the_answer():
    passes = torch.tensor([[0.6, 0.4], [0.9, 0.1], [0.4, 0.6], [0.8, 0.2]])
    said = measures_of(passes).at()
    assert said.variation_ratio == pytest.approx(0.25)
    assert said.max_probability == pytest.approx(0.675)
