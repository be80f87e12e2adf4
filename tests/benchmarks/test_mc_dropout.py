"""The benchmark of dropout on a small file and a small encoder: every figure is there and in its range."""

import csv
import random
from argparse import ArgumentParser
from pathlib import Path

import pytest

from benchmarks import mc_dropout
from tests.models_zoo.conftest import tiny_backbone  # noqa: F401 - a fixture

OPENINGS = {
    "probing": ["Why did you add", "How do you know it is", "Can you explain"],
    "focus": ["What is", "How many are", "Can you calculate"],
    "telling": ["You have to multiply", "It is because of", "Remember that there are"],
    "generic": ["Hello", "Well done with", "Okay, go on with"],
}


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    """Thirty made-up dialogues in MathDial's format."""
    chance = random.Random(0)
    path = tmp_path / "dialogues.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["qid", "conversation"])
        writer.writeheader()
        for number in range(30):
            turns = [
                f"Teacher: ({move}){chance.choice(starts)} {chance.randint(2, 99)} apples?"
                for move, starts in OPENINGS.items()
            ]
            writer.writerow({"qid": number, "conversation": "|EOM|".join(turns)})
    return path


@pytest.mark.slow
def test_it_says_cost_ranking_and_precision(dialogues: Path, tmp_path: Path, tiny_backbone: str) -> None:  # noqa: F811
    parser = ArgumentParser()
    mc_dropout.add_arguments(parser)
    given = ["--dialogues", str(dialogues), "--cache", str(tmp_path / "cache"), "--backbone", tiny_backbone]
    small = ["--epochs", "2", "--texts", "20", "--batches", "1,2", "--lengths", "8", "--rounds", "1"]
    figures = mc_dropout.run(parser.parse_args([*given, *small]))

    methods = {row["method"] for row in figures["rows"]}
    assert {"one deterministic pass", "plain loop", "stacked", "one pass, float32"} <= methods
    assert {(row["batch"], row["length"]) for row in figures["rows"]} == {(1, 8), (2, 8)}
    loops = [row["ratio"] for row in figures["rows"] if row["method"] == "plain loop"]
    assert min(loops) > 5  # thirty passes, whatever the machine is busy with
    assert -1 <= figures["spearman_mi"] <= 1
    assert figures["texts"] == 20
    assert set(figures["turns"]) == {"1", "8", "32"}
    assert figures["turn_over_fp32_pass"] == max(figures["turns"].values())
    assert 0 <= figures["labels_kept"] <= 1

    again = mc_dropout.run(parser.parse_args([*given, *small]))  # from the cache: nothing is drawn anew
    assert again["spearman_mi"] == figures["spearman_mi"]
    assert again["ranking"] == figures["ranking"]
