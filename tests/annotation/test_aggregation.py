import numpy as np
import pytest

from annotation.aggregation import ABSTAIN, choose, mean_estimate


def says(labels: list[int]) -> np.ndarray:
    """Probabilities that are sure of these labels; silence where the label is None."""
    found = np.full((len(labels), 4), np.nan)
    for row, label in enumerate(labels):
        found[row] = np.eye(4)[label]
    return found


def test_the_more_accurate_one_is_kept():
    gold = np.zeros(60, dtype=np.int64)
    right, often_wrong = says([0] * 60), says([0] * 40 + [1] * 20)
    assert choose(right, often_wrong, gold).aggregator == "label_model"
    assert choose(often_wrong, right, gold).aggregator == "majority_vote"


def test_the_simpler_one_is_kept_when_both_are_equal():
    gold = np.zeros(60, dtype=np.int64)
    choice = choose(says([0] * 60), says([0] * 60), gold)
    assert choice.aggregator == "majority_vote"
    assert choice.metrics["difference"]["value"] == 0


def test_the_reason_says_whether_the_difference_is_clear():
    gold = np.zeros(60, dtype=np.int64)
    assert "excludes zero" in choose(says([0] * 60), says([1] * 60), gold).reason
    assert "includes zero" in choose(says([0] * 59 + [1]), says([0] * 58 + [1] * 2), gold).reason


def test_too_little_gold_keeps_majority_vote_and_says_so():
    gold = np.array([0] * 10 + [ABSTAIN] * 50)
    choice = choose(says([0] * 60), says([1] * 60), gold)
    assert choice.aggregator == "majority_vote"
    assert "Only 10" in choice.reason


def test_questions_without_a_vote_are_not_judged():
    majority = says([0] * 60)
    majority[:20] = np.nan
    assert choose(says([0] * 60), majority, np.zeros(60, dtype=np.int64)).metrics["gold"] == 40


def test_the_interval_is_near_the_textbook_one():
    values = np.array([1.0] * 80 + [0.0] * 20)
    estimate = mean_estimate(values)
    half = 1.96 * (0.8 * 0.2 / 100) ** 0.5
    assert estimate.value == pytest.approx(0.8)
    assert estimate.low == pytest.approx(0.8 - half, abs=0.015)
    assert estimate.high == pytest.approx(0.8 + half, abs=0.015)
