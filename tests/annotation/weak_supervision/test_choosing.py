import numpy as np
import pytest

from annotation.weak_supervision.choosing import ABSTAIN, choose, mean_estimate

ALL = np.zeros(60, dtype=np.int64)


def says(labels: list[int]) -> np.ndarray:
    """Probabilities that are sure of these labels."""
    return np.eye(4)[labels]


def three(majority: list[int], model: list[int], skene: list[int]) -> dict[str, np.ndarray]:
    return {
        "majority_vote": says(majority),
        "label_model": says(model),
        "dawid_skene": says(skene),
    }


RIGHT, OFTEN_WRONG = [0] * 60, [0] * 40 + [1] * 20


def test_the_most_accurate_one_is_kept():
    assert choose(three(OFTEN_WRONG, RIGHT, OFTEN_WRONG), ALL).aggregator == "label_model"
    assert choose(three(OFTEN_WRONG, OFTEN_WRONG, RIGHT), ALL).aggregator == "dawid_skene"
    assert choose(three(RIGHT, OFTEN_WRONG, OFTEN_WRONG), ALL).aggregator == "majority_vote"


def test_the_simplest_one_is_kept_when_all_are_equal():
    choice = choose(three(RIGHT, RIGHT, RIGHT), ALL)
    assert choice.aggregator == "majority_vote"
    assert choice.metrics["difference"]["value"] == 0
    assert "simpler" in choice.reason


def test_the_reason_says_whether_the_difference_is_clear():
    none_right = [1] * 60
    assert "excludes zero" in choose(three(none_right, RIGHT, none_right), ALL).reason
    nearly, less = [0] * 59 + [1], [0] * 58 + [1] * 2
    assert "includes zero" in choose(three(less, nearly, less), ALL).reason


def test_a_person_s_choice_is_kept_and_told_what_gold_says():
    choice = choose(three(RIGHT, OFTEN_WRONG, OFTEN_WRONG), ALL, wanted="label_model")
    assert choice.aggregator == "label_model"
    assert choice.metrics["rival"] == "majority_vote"
    assert "A researcher chose the label model. It is 33.3 points less accurate" in choice.reason


def test_too_little_gold_keeps_majority_vote_and_says_so():
    gold = np.array([0] * 10 + [ABSTAIN] * 50)
    choice = choose(three([1] * 60, RIGHT, RIGHT), gold)
    assert choice.aggregator == "majority_vote"
    assert "Only 10" in choice.reason
    assert choose(three(RIGHT, RIGHT, RIGHT), gold, wanted="dawid_skene").aggregator == "dawid_skene"


def test_questions_without_a_vote_are_not_judged():
    candidates = three(RIGHT, RIGHT, RIGHT)
    candidates["majority_vote"][:20] = np.nan
    assert choose(candidates, ALL).metrics["gold"] == 40


def test_the_interval_is_near_the_textbook_one():
    values = np.array([1.0] * 80 + [0.0] * 20)
    estimate = mean_estimate(values)
    half = 1.96 * (0.8 * 0.2 / 100) ** 0.5
    assert estimate.value == pytest.approx(0.8)
    assert estimate.low == pytest.approx(0.8 - half, abs=0.015)
    assert estimate.high == pytest.approx(0.8 + half, abs=0.015)
