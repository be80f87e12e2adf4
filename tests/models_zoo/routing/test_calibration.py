import numpy as np
import pytest
from scipy.special import softmax

from models_zoo.routing import maps
from models_zoo.routing.calibration import brier, calibration_error, reliability
from models_zoo.routing.resampling import group_resamples, interval


def test_the_error_is_the_mean_gap_between_confidence_and_accuracy():
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False])
    assert calibration_error(confidence, right) == pytest.approx((0.05 + 0.05) / 2)
    assert [one.count for one in reliability(confidence, right)] == [2, 2]
    assert [one.count for one in reliability(confidence, right, adaptive=True, bins=4)] == [1, 1, 1, 1]


def test_brier_of_certainty_and_of_a_guess():
    gold = np.array([0, 1])
    assert brier(np.eye(2), gold) == 0
    assert brier(np.full((2, 2), 0.5), gold) == pytest.approx(0.5)


@pytest.fixture(scope="module")
def overbold() -> tuple[np.ndarray, np.ndarray]:
    """Logits three times too large for labels drawn from them, and one class favoured without reason."""
    generator = np.random.default_rng(0)
    honest = generator.normal(size=(4000, 4))
    gold = np.array([generator.choice(4, p=row) for row in softmax(honest, axis=1)])
    return 3 * honest + np.array([1.0, 0, 0, 0]), gold


@pytest.mark.parametrize("fit", [maps.temperature, maps.vector, maps.dirichlet])
def test_maps_mend_what_is_overbold(overbold: tuple[np.ndarray, np.ndarray], fit):
    logits, gold = overbold
    half = len(gold) // 2
    before, after = softmax(logits[half:], axis=1), fit(logits[:half], gold[:half])(logits[half:])

    def error(probabilities: np.ndarray) -> float:
        return calibration_error(probabilities.max(1), probabilities.argmax(1) == gold[half:])

    assert error(before) > 0.2
    assert error(after) < 0.05
    np.testing.assert_allclose(after.sum(1), 1)


@pytest.mark.parametrize("fit", [maps.platt, maps.isotonic])
def test_a_doubt_becomes_a_chance(fit):
    generator = np.random.default_rng(1)
    doubt = generator.normal(size=3000)
    wrong = generator.random(3000) < 1 / (1 + np.exp(-2 * doubt))
    chance = fit(doubt[:1500], wrong[:1500])(doubt[1500:])
    assert calibration_error(chance, wrong[1500:]) < 0.05


def test_whole_dialogues_are_drawn():
    groups = ["a", "a", "b", "c", "c", "c"]
    for rows in group_resamples(groups, times=20):
        drawn = [groups[row] for row in rows]
        assert drawn.count("a") % 2 == 0
        assert drawn.count("c") % 3 == 0


def test_the_interval_of_like_dialogues_is_wider_than_that_of_single_turns():
    value = np.repeat([0.0, 1.0], 50)
    dialogues = [str(index // 10) for index in range(100)]
    turns = [str(index) for index in range(100)]
    wide = interval(lambda rows: float(value[rows].mean()), group_resamples(dialogues, times=300))
    narrow = interval(lambda rows: float(value[rows].mean()), group_resamples(turns, times=300))
    assert wide[1] - wide[0] > narrow[1] - narrow[0]
