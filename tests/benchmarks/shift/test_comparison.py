"""Gains over one pass, the process's variance, and steps that were kept."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.shift.comparison import compared
from benchmarks.shift.gaussian_process import RandomFeatureProcess
from benchmarks.tools.kept import Kept


def test_a_gain_has_an_interval_clear_of_zero_where_there_is_one():
    generator = np.random.default_rng(0)
    wrong = generator.random(600) < 0.4
    poor, good = wrong + generator.normal(0, 2, 600), wrong + generator.normal(0, 0.5, 600)
    groups = [str(row // 3) for row in range(600)]
    found = compared({"one_pass_entropy": poor, "good": good}, wrong, groups, times=200)
    assert found["one_pass_entropy"]["gain_interval"] == [0.0, 0.0]
    low, high = found["good"]["gain_interval"]
    assert 0.1 < low < found["good"]["gain"] < high
    assert found["good"]["auroc"] - found["one_pass_entropy"]["auroc"] == pytest.approx(
        found["good"]["gain"], abs=2e-4
    )


def test_the_process_is_sure_among_its_turns_and_keeps_its_prior_far_away():
    generator = np.random.default_rng(1)
    features = generator.normal(size=(500, 3))
    process = RandomFeatureProcess(features, np.zeros((500, 4)))
    near, far = process.variance(np.array([[0.0, 0, 0], [40.0, -40, 40]]))
    assert near < 0.2 < far
    logits = np.array([[3.0, 0, 0, 0]] * 2)
    sure, flat = process.probabilities(np.array([[0.0, 0, 0], [40.0, -40, 40]]), logits).max(1)
    assert flat < sure


def test_a_step_is_done_once_for_the_same_settings(tmp_path: Path):
    done = []

    def step() -> int:
        done.append(1)
        return len(done)

    assert [Kept(tmp_path, "a").get("x", step), Kept(tmp_path, "a").get("x", step)] == [1, 1]
    assert Kept(tmp_path, "b").get("x", step) == 2
    assert [Kept(None).get("x", step), Kept(None).get("x", step)] == [3, 4]
