"""The benchmark of dropout on a small file and a small encoder: every figure is there and in its range."""

import csv
import json
import random
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

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


@pytest.fixture
def small(dialogues: Path, tmp_path: Path, tiny_backbone: str) -> list[str]:  # noqa: F811
    """The options of a run of seconds; its details go to ``details.json``."""
    given = ["--dialogues", str(dialogues), "--cache", str(tmp_path / "cache"), "--backbone", tiny_backbone]
    sizes = ["--epochs", "2", "--texts", "20", "--batches", "1,2", "--lengths", "8", "--rounds", "1"]
    return [*given, *sizes, "--details", str(tmp_path / "details.json")]


def run(options: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures and details."""
    parser = ArgumentParser()
    mc_dropout.add_arguments(parser)
    arguments = parser.parse_args(options)
    return mc_dropout.run(arguments), json.loads(arguments.details.read_text())


@pytest.mark.slow
def test_it_says_cost_ranking_and_precision(small: list[str]) -> None:
    small = [*small, "--encoder-dropout", "0.1"]
    figures, details = run(small)

    assert set(figures) == {"rows", "worst_ratio", "spearman_mi", "spearman_entropy", "turn_over_fp32_pass"}
    assert all(set(row) == {"batch", "length", "method", "ratio"} for row in figures["rows"])
    methods = {row["method"] for row in figures["rows"]}
    assert {"one deterministic pass", "plain loop", "stacked", "one pass, float32"} <= methods
    assert {(row["batch"], row["length"]) for row in figures["rows"]} == {(1, 8), (2, 8)}
    loops = [row["ratio"] for row in figures["rows"] if row["method"] == "plain loop"]
    assert min(loops) > 3  # thirty passes, whatever the machine is busy with
    assert -1 <= figures["spearman_mi"] <= 1
    assert details["texts"] == 20
    assert set(details["turns"]) == {"1", "8", "32"}
    assert figures["turn_over_fp32_pass"] == max(details["turns"].values())
    assert 0 <= details["labels_kept"] <= 1

    again, details_again = run(small)  # from the cache: nothing is drawn anew
    assert again["spearman_mi"] == figures["spearman_mi"]
    assert details_again["ranking"] == details["ranking"]


@pytest.mark.slow
def test_a_model_of_the_default_has_no_dropout_below_its_heads(small: list[str]) -> None:
    figures, details = run(small)
    assert "encoder once, passes of the head" in {row["method"] for row in figures["rows"]}
    # Nothing is estimated, so one pass agrees about as well as passes do with each other.
    assert figures["spearman_mi"] > details["ranking"]["second 100 passes"]["mi"] - 0.15
