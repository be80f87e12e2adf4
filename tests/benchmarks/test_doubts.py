"""The shipped model beside itself, on a few made-up real lines, goes through the whole benchmark."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as door
from benchmarks.doubts import Figure, beside
from models_zoo.routing.resampling import group_resamples
from models_zoo.store import ModelStore


@pytest.fixture(scope="module")
def shipped(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    ModelStore(folder).ensure_demo()
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACTS_DATA", str(tmp_path))
    return tmp_path


def figures(capsys: pytest.CaptureFixture[str], *given: str) -> dict:
    assert door.main(["doubts", "--bootstrap", "20", *given]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_a_model_is_no_better_than_itself(shipped, data, capsys):
    turns = "|EOM|".join(f"Teacher: (probing)Why is {n} {'so ' * n}right?|EOM|Student: So." for n in range(6))
    write(data / "mathdial" / "dialogues.csv", [["qid", "conversation"], ["1", turns], ["2", turns]])
    headlines = [f"Shares of the oil cartel fall for the {n}th month" for n in range(20)]
    write(data / "ag_news" / "test.csv", [["3", line, "More below."] for line in headlines])
    found = figures(capsys, "--other", str(shipped))
    assert found["versions"] == [1, 1]
    assert all(
        (row["one"], row["low"], row["high"]) == (row["other"], 0, 0) for row in found["rows"].values()
    )
    assert found["rows"]["news, stages"]["one"] > 0.9
    assert found["rows"]["dialogue_act_accuracy"]["one"] > 0.8
    assert "moves read wrongly, entropy" in found["rows"]


def test_without_real_lines_the_corpus_is_left(shipped, data, capsys):
    rows = figures(capsys, "--other", str(shipped))["rows"]
    assert rows["wrong question types, entropy"]["one"] > 0.7
    assert not [name for name in rows if name.startswith(("news", "moves"))]


def test_an_empty_store_is_refused_by_name(shipped, data, tmp_path):
    with pytest.raises(SystemExit, match="No version is stored in"):
        door.main(["doubts", "--one", str(tmp_path / "none"), "--other", str(shipped)])


def test_sides_are_means_and_their_difference_is_resampled():
    lines = [str(number) for number in range(200)]
    hits = np.arange(200) % 2

    def figure(add: float) -> Figure:
        return Figure(lines, lambda rows: float(hits[rows].mean()) + add)

    found = beside([figure(0.0)], [figure(0.1), figure(0.3)], 50)
    assert found == {"one": 0.5, "other": 0.7, "low": 0.2, "high": 0.2}


def test_lines_of_a_dialogue_are_drawn_together():
    for rows in group_resamples(["a", "a", "b", "c", "a"], times=20):
        assert (rows == 0).sum() == (rows == 1).sum() == (rows == 4).sum()
        assert (rows == 0).sum() + (rows == 2).sum() + (rows == 3).sum() == 3


def write(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir()
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
