"""The whole benchmark on made-up dialogues with the smallest settings."""

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from benchmarks import routing


@pytest.mark.slow
def test_every_figure_is_there_with_its_interval(
    tmp_path: Path, dialogues: Path, capsys: pytest.CaptureFixture[str]
):
    parser = ArgumentParser()
    routing.add_arguments(parser)
    small = ["--folds", "2", "--epochs", "1", "--frozen", "5", "--bootstrap", "20"]
    files = ["--train", str(dialogues), "--test", str(dialogues), "--details", str(tmp_path / "all.json")]
    figures = routing.run(parser.parse_args([*files, *small]))
    assert json.loads(json.dumps(figures)) == figures
    assert set(figures) == {
        *("macro_f1", "accuracy", "ece_before", "ece_after", "aurc", "auroc", "auroc_gain"),
        *("coverage_at", "guarantee"),
    }
    assert set(figures["auroc_gain"]) == {"mean", "low"}
    assert set(figures["coverage_at"]) == {"0.02", "0.05", "0.10"}
    assert set(figures["guarantee"]) == {"target", "confidence", "realised", "coverage"}
    assert figures["accuracy"] > 0.4  # a guess has a quarter
    details = json.loads((tmp_path / "all.json").read_text())
    for score in ("one_pass_max", "mc_mutual_information", "ensemble_max", "product", "joint"):
        assert 0 <= figures["aurc"][score] <= 1
        assert f"auroc.{score}" in details["intervals"]
    gain, auroc = figures["auroc_gain"], figures["auroc"]  # both scores are about the network's answers
    expected = auroc["network_answers.joint"] - auroc["network_answers.one_pass_entropy"]
    assert gain["mean"] == pytest.approx(expected, abs=2e-4)
    assert gain["low"] <= gain["mean"]
    assert details["joint_model"]["n"] > 100
    assert (
        details["error_at_coverage"]["joint"]["0.25"] <= details["error_at_coverage"]["joint"]["0.75"] + 0.1
    )
    (promise,) = [one for one in details["guarantees"] if one["target"] == 0.3]
    assert 0 <= promise["splits_by_turn"]["kept"] <= 1
    assert "| macro_f1 |" in capsys.readouterr().out
