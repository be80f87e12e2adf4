"""The whole study on made-up dialogues with the smallest settings."""

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from benchmarks import shift
from benchmarks.shift.scores import SCORES
from tests.benchmarks.routing.conftest import write_dialogues


@pytest.mark.slow
def test_every_doubt_is_compared_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ACTS_DATA", str(tmp_path))
    dialogues = str(write_dialogues(tmp_path / "dialogues.csv", 60))
    parser = ArgumentParser()
    shift.add_arguments(parser)
    small = ["--folds", "2", "--epochs", "1", "--frozen", "5", "--bootstrap", "20"]
    few = ["--most", "20", "--adapters", "2"]
    figures = shift.run(parser.parse_args(["--train", dialogues, "--test", dialogues, *small, *few]))
    assert json.loads(json.dumps(figures)) == figures
    home = figures["errors"]["held-out problems"]["scores"]
    assert set(home) == {score.name for score in SCORES}
    assert all(0 <= one["auroc"] <= 1 for one in home.values())
    assert home["joint"]["auroc"] > 0.5
    assert set(figures["errors"]) == {
        "held-out problems",
        "typos, 1 letter in 12",
        "typos, 1 letter in 4",
        "cut in half",
    }
    assert figures["told_apart"]["strangers to any rehearsal"]["mahalanobis"]["auroc"] > 0.7
    assert figures["ablation"]["one pass"]["gain"] == 0
    assert "| joint score |" in capsys.readouterr().out
