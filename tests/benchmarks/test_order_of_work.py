"""The simulated order of work, on a handful of made-up dialogues."""

from argparse import ArgumentParser
from pathlib import Path

import numpy as np
import pytest

from benchmarks import order_of_work
from benchmarks.order_of_work.figures import labels_needed
from benchmarks.order_of_work.head import fit
from benchmarks.order_of_work.simulation import Curve, Settings, simulate, split
from benchmarks.order_of_work.strategies import STRATEGIES
from benchmarks.order_of_work.turns import Turns

MOVES = {
    "probing": ["Why do you think so?", "How did you find that?", "What would change then?"],
    "focus": ["What is 3 times 4?", "How long is the blue side?", "Which number comes next?"],
    "telling": ["You have to add them.", "The answer is twelve.", "So it gets twice as long."],
    "generic": ["Good morning to you!", "Well done, that is right.", "Let us begin now."],
}


def made_up(dialogues: int = 60, width: int = 8) -> Turns:
    """Four classes that lie apart, four turns a dialogue."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 4, dialogues * 4)
    features = generator.normal(size=(len(labels), width)) * 0.5
    features[np.arange(len(labels)), labels] += 1.5
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    return Turns(np.hstack([features, features]), labels, np.repeat(np.arange(dialogues), 4))


def test_every_strategy_learns_and_ends_with_all_labels():
    turns = made_up()
    run = simulate(turns, list(STRATEGIES), Settings(12, 24, None, 0.95, 0.25), seed=0)
    for name, curve in run.curves.items():
        assert curve.labels[-1] == run.pool, name
        assert curve.f1[-1] == pytest.approx(run.full_f1, abs=0.02), name
        assert curve.live[-1] == pytest.approx(1, abs=0.02), name
        assert curve.f1[-1] > 0.8, name


def test_a_dialogue_lies_in_one_part_only():
    turns = made_up()
    parts = split(turns, 3)
    groups = [set(turns.dialogues[rows].tolist()) for rows in (parts.pool, parts.live, parts.test)]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 60


def test_the_target_is_reached_by_three_fits_and_not_by_one():
    curve = Curve([10, 20, 30, 40, 50], [], [])
    assert labels_needed(curve, 0.5, [0.9, 0.1, 0.5, 0.5, 0.5]) == 10
    assert labels_needed(curve, 0.5, [0.6, 0.1, 0.5, 0.5, 0.5]) == 30
    assert labels_needed(curve, 0.7, [0.1] * 5) is None


def test_the_head_weighs_classes_alike():
    features = np.array([[1.0, 0.0]] * 30 + [[0.0, 1.0]])
    head = fit(features, np.array([0] * 30 + [1]), 2)
    low, high = head.probabilities(np.array([[0.5, 0.5]]))[0]
    assert low == pytest.approx(high, abs=0.02)


def test_it_runs_on_a_file_and_names_what_was_wrong_with_another(tmp_path: Path):
    rows = ["qid,conversation"]
    for number in range(20):
        said = [f"Teacher: ({move}){texts[number % 3]}" for move, texts in MOVES.items()]
        rows.append(f'{number},"{"|EOM|Student: Six.|EOM|".join(said)}"')
    path = tmp_path / "dialogues.csv"
    path.write_text("\n".join(rows))
    parser = ArgumentParser()
    order_of_work.add_arguments(parser)
    asked = ["--seeds", "2", "--begin", "8", "--step", "8", "--strategies", "random,consequence"]
    figures = order_of_work.run(parser.parse_args(["--train", str(path), *asked]))
    assert set(figures["labels_needed"]) == {"random", "consequence"}
    assert figures["labels_needed"]["random"]["ratio_to_random"]["value"] == 1
    path.write_text("a,b\n1,2\n")
    with pytest.raises(SystemExit, match="qid"):
        order_of_work.run(parser.parse_args(["--train", str(path)]))
