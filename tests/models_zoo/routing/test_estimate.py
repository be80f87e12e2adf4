import numpy as np
import pytest
from scipy.stats import binomtest

from models_zoo.routing.estimate import weighted_share


def test_with_equal_chances_it_is_the_exact_interval():
    found = weighted_share([True] * 3 + [False] * 57, np.full(60, 0.05), confidence=0.9)
    exact = binomtest(3, 60).proportion_ci(0.9, method="exact")
    assert found.value == pytest.approx(0.05)
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))
    assert found.total == pytest.approx(60)
    assert found.effective_n == pytest.approx(60)


def test_with_unequal_chances_it_is_unbiased_and_its_interval_covers():
    """Errors are rarer where audits are: ignoring the chances would be off by a factor."""
    rng = np.random.default_rng(4)
    wrong = np.concatenate([rng.random(4000) < 0.03, rng.random(1000) < 0.4])
    chance = np.repeat([0.05, 1.0], [4000, 1000])
    truth, covered, values, totals, naive = wrong.mean(), 0, [], [], []
    for _ in range(400):
        seen = rng.random(5000) < chance
        found = weighted_share(wrong[seen], chance[seen], confidence=0.9)
        covered += found.low <= truth <= found.high
        values.append(found.value)
        totals.append(found.total)
        naive.append(wrong[seen].mean())
    assert np.mean(values) == pytest.approx(truth, abs=0.002)
    assert np.mean(totals) == pytest.approx(wrong.sum(), rel=0.03)
    assert np.mean(naive) > 2 * truth
    assert covered >= 0.88 * 400


def test_nothing_is_known_without_verdicts():
    found = weighted_share([], [])
    assert (found.value, found.low, found.high) == (None, 0.0, 1.0)


def test_an_impossible_chance_is_refused():
    with pytest.raises(ValueError, match="could not have had"):
        weighted_share([True], [0.0])
