"""The whole benchmark on made-up dialogues with the smallest settings."""

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from benchmarks import routing


@pytest.mark.slow
def test_every_figure_is_there_with_its_interval(dialogues: Path):
    parser = ArgumentParser()
    routing.add_arguments(parser)
    small = ["--folds", "2", "--epochs", "1", "--bootstrap", "20"]
    figures = routing.run(parser.parse_args(["--train", str(dialogues), "--test", str(dialogues), *small]))
    assert json.loads(json.dumps(figures)) == figures
    assert figures["accuracy"] > 0.4  # a guess has a quarter
    for score in ("one_pass_max", "mc_mutual_information", "ensemble_max", "product", "joint"):
        assert 0 <= figures["aurc"][score] <= 1
        assert f"auroc.{score}" in figures["intervals"]
    gain = figures["auroc_gain"]
    network = figures["network_answers"]["auroc"]  # whose answers both scores are about
    expected = network["joint"] - network["one_pass_entropy"]
    assert gain["mean"] == pytest.approx(expected, abs=2e-4)
    assert gain["low"] <= gain["mean"] <= gain["high"]
    assert set(figures["coverage_at"]) == {"0.02", "0.05", "0.10"}
    assert set(figures["guarantee"]) >= {"target", "confidence", "realised", "coverage"}
    assert figures["joint_model"]["n"] > 100
    (promise,) = [one for one in figures["guarantees"] if one["target"] == 0.3]
    assert 0 <= promise["splits_by_turn"]["kept"] <= 1
