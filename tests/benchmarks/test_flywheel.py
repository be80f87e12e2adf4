"""The loop on turns whose answer can be learned, and on turns whose answer cannot."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from benchmarks.flywheel.drawing import drawn
from benchmarks.flywheel.rounds import POLICIES, Round, Terms, played

TERMS = Terms(size=5, error=0.2, audits=0.2)
DIALOGUES, TURNS = 60, 8


def world(*, learnable: float, seed: int = 0):
    """Four kinds of turns; ``learnable`` is the share whose features tell the kind."""
    generator = np.random.default_rng(seed)
    n = DIALOGUES * TURNS
    labels = generator.integers(0, 4, n)
    told = generator.random(n) < learnable
    features = np.where(told[:, None], np.eye(4)[labels], 0.0) + generator.normal(0, 0.1, (n, 4))
    return features, labels, np.repeat([f"d{i}" for i in range(DIALOGUES)], TURNS)


def rounds(learnable: float, policy: str = "takeovers") -> list[Round]:
    return played(*world(learnable=learnable), TERMS, policy=policy, seed=1)


def test_people_answer_everything_at_first():
    first = rounds(1.0)[0]
    assert (first.labels, first.takeover_rate, first.error) == (0, 1.0, None)


def test_people_are_needed_less_where_there_is_something_to_learn():
    assert rounds(1.0)[-1].takeover_rate < 0.2


def test_the_machine_answers_what_it_can_tell_and_leaves_the_rest():
    found = rounds(0.5)
    assert found[-1].takeover_rate == pytest.approx(0.45, abs=0.2)
    errors = [one.error for one in found if one.error is not None]
    assert np.mean(errors) < 0.35


def test_nothing_to_learn_nothing_answered_alone():
    assert np.mean([one.takeover_rate for one in rounds(0.0)[1:]]) > 0.8


def test_both_policies_begin_alike_and_label_alike():
    one, other = (rounds(0.5, policy) for policy in POLICIES)
    assert one[1] == other[1]
    assert other[-1].labels == pytest.approx(one[-1].labels, rel=0.35)


def test_draws_a_picture():
    rows = [
        {
            "labels": 0,
            "takeover_rate": 1.0,
            "takeover_rate_interval": [1.0, 1.0],
            "error": None,
            "error_interval": None,
        },
        {
            "labels": 40,
            "takeover_rate": 0.5,
            "takeover_rate_interval": [0.4, 0.6],
            "error": 0.2,
            "error_interval": [0.1, 0.3],
        },
    ]
    text = drawn(dict.fromkeys(POLICIES, rows), error=0.3)
    assert ElementTree.fromstring(text).tag.endswith("svg")  # noqa: S314 (our own)
    assert "nan" not in text
