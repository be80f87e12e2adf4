"""Two rooms of made-up dialogues go through the whole benchmark."""

import csv
import json
from pathlib import Path

import pytest

from benchmarks import __main__ as door


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    path = tmp_path / "dialogues.csv"
    turns = "|EOM|".join(
        f"Teacher: (probing)What did you do in step {n}?|EOM|Student: I added {n}." for n in range(6)
    )
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["qid", "conversation"], *[[str(n), turns] for n in range(4)]])
    return path


def test_both_rules_are_played_and_the_governor_stays_within_its_bounds(
    dialogues: Path, capsys: pytest.CaptureFixture[str]
):
    given = ["governor", "--dialogues", str(dialogues), "--rooms", "2,12", "--each", "2", "--limit", "10"]
    assert door.main(given) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(row["rooms"], row["rule"]) for row in found["rows"]] == [
        (2, "at rest"),
        (2, "governed"),
        (12, "at rest"),
        (12, "governed"),
    ]
    crowded_rest, crowded = found["rows"][2:]
    assert crowded_rest["mean_threshold"] == pytest.approx(found["resting"], abs=1e-3)
    assert found["resting"] < crowded["mean_threshold"] <= found["highest"]
    assert crowded["mean_wait_s"] < crowded_rest["mean_wait_s"]
    assert crowded["turns"] == crowded_rest["turns"] == 12 * 12
