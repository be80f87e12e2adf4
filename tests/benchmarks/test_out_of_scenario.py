"""The benchmark of strange lines, on a handful of lines."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.out_of_scenario.figures import Side, separation
from benchmarks.out_of_scenario.sources import cima_lines, mathdial_lines
from tests.live import ROOT

ROW = {
    "qid": "77",
    "question": "A shelf holds 4 boxes with 6 pencils each. 5 pencils are taken. How many pencils are left?",
    "ground_truth": "4 x 6 = 24 pencils. 24 - 5 = 19.\n 19",
    "student_incorrect_solution": "4 + 6 = 10 pencils in the boxes.\n10 - 5 = 5.\n 5",
    "student_profile": "Nadia is a 7th grade student. She mixes up operations.",
    "teacher_described_confusion": "adds where she should multiply",
    "conversation": "Teacher: (generic)Hi Nadia.|EOM|Student: Hi.|EOM|"
    "Teacher: (focus)How many pencils are on the shelf?",
}
EXERCISE = {"tutorResponses": str(["Adjectives follow the noun.", "What is pink in Italian?"])}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    dialogues, cima = tmp_path / "dialogues.csv", tmp_path / "cima.json"
    with dialogues.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(ROW))
        writer.writeheader()
        writer.writerows([ROW, ROW | {"qid": "78"}])
    cima.write_text(json.dumps({"prepDataset": {"0": EXERCISE}}))
    return {"dialogues": dialogues, "cima": cima}


def test_real_lines_know_their_problem(files: dict[str, Path]):
    lines = mathdial_lines(files["dialogues"], most=10)
    assert [line.text for line in lines] == ["Hi Nadia.", "How many pencils are on the shelf?"] * 2
    assert all(line.scenario for line in lines)
    assert len({line.group for line in lines}) == 2
    assert len(mathdial_lines(files["dialogues"], most=3)) == 3
    assert [line.group for line in cima_lines(files["cima"], most=10)] == ["prepDataset/0"] * 2


def test_separation_has_intervals_over_clusters():
    strange, own = Side(np.array([0.9, 0.8, 0.7]), [[0], [1, 2]]), Side(np.array([0.1, 0.2]), [[0], [1]])
    found = separation(strange, own, 50)
    assert found["auroc"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert found["detected_at_5"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    mixed = separation(Side(np.array([0.1, 0.9]), [[0], [1]]), own, 200)
    assert mixed["auroc"]["low"] < mixed["auroc"]["value"] < mixed["auroc"]["high"]  # type: ignore[index]


@pytest.mark.slow
def test_the_benchmark_runs(files: dict[str, Path], tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "out_of_scenario",
        "--json",
        str(tmp_path / "figures.json"),
    ]
    command += [part for name, path in files.items() for part in (f"--{name}", str(path))]
    small = ["--resamples", "20", "--engine-lines", "3", "--passes", "2"]
    done = subprocess.run([*command, *small], cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert json.loads(done.stdout.splitlines()[-1]) == figures
    assert figures["engine"]["lines"]["n"] == 3
    assert figures["engine"]["lines"]["alone"] == 0.0
    assert figures["mathdial"]["lines"] == 4
    assert set(figures["kinds"]) >= {"topic", "injection"}
