"""The benchmark from its files to its figures, on a handful of rows."""

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch

from benchmarks.adapters_glue import comparison, run
from benchmarks.adapters_glue.cells import Cell, CellStore
from benchmarks.adapters_glue.features import features_of, read
from benchmarks.adapters_glue.methods import Encoder, Method, adapted, equal_parameters
from benchmarks.adapters_glue.settings import Settings
from benchmarks.adapters_glue.tasks import load_task
from benchmarks.adapters_glue.training import Outcome
from models_zoo.backbones import load_backbone

SMALL = ("--train", "8", "--test", "8", "--epochs", "1", "--ranks", "2", "--seeds", "2", "--tokens", "12")


@pytest.mark.slow
def test_a_run_is_resumed_and_drawn(
    options: Callable[..., Namespace], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = options(
        *SMALL, "--tasks", "stsb", "mathdial", "--without", "full", "--rates", "5e-3",
        "--layers", "1", "--plot", str(tmp_path / "plot.svg"), "--details", str(tmp_path / "details.json"),
    )  # fmt: skip
    figures = run(given)
    details = json.loads((tmp_path / "details.json").read_text())
    assert set(figures) == {"rows"}
    methods = {(row["task"], row["method"], row["kind"]) for row in figures["rows"]}
    assert ("mathdial", "tensor_ring", "serial") in methods
    assert ("stsb", "probe", None) in methods
    assert details["cells_missing"] == 0
    assert set(details["findings"]) >= {"no_decomposition_wins", "grows_fastest", "more_stable_stsb"}
    drawn = ElementTree.fromstring((tmp_path / "plot.svg").read_text())  # noqa: S314 - our own
    assert drawn.tag.endswith("svg")

    def train_again(*_: object, **__: object) -> Outcome:
        raise AssertionError("a finished cell was trained again")

    monkeypatch.setattr(comparison, "outcome_of", train_again)
    assert json.dumps(run(given)) == json.dumps(figures)


@pytest.mark.slow
def test_everything_is_trained_in_full_fine_tuning(options: Callable[..., Namespace]) -> None:
    methods = ("cp", "tucker", "tensor_train", "tensor_ring", "lora", "houlsby", "probe")
    given = options(*SMALL, "--tasks", "sst2", "--without", *methods, "--rates")
    (row,) = run(given)["rows"]
    assert row["method"] == "full"
    assert row["params"] > 20_000_000


@pytest.mark.slow
def test_cached_lower_blocks_change_nothing(options: Callable[..., Namespace]) -> None:
    given = options()
    task = load_task("mathdial", glue=given.glue, mathdial=given.mathdial, train=8, test=8)
    backbone = load_backbone()
    backbone.model.set_attn_implementation("eager")
    part = features_of(task, backbone, Settings(layers=2, precision="fp32")).train
    upper = Encoder(backbone.model, 2).eval()
    for text, (tokens, hidden) in enumerate(zip(part.tokens, part.hidden, strict=True)):
        with torch.inference_mode():
            whole = backbone.model(input_ids=tokens[None]).last_hidden_state
            halved = upper(hidden[None], torch.ones(1, len(tokens), dtype=torch.bool))
        assert torch.allclose(whole, halved, atol=1e-5)
        assert torch.allclose(read(whole.mean(1), 1)[0], part.read[text], atol=1e-4)


def test_equal_parameters_are_about_equal() -> None:
    backbone = load_backbone().model
    counts = {
        method.name: sum(
            value.numel()
            for value in adapted(backbone, method, layers=1, dtype=torch.float32).parameters()
            if value.requires_grad
        )
        for method in equal_parameters([1e-3])
    }
    assert max(counts.values()) < 1.4 * min(counts.values())


def test_a_pair_is_read_as_difference_and_product() -> None:
    vectors = torch.nn.functional.normalize(torch.randn(4, 8), dim=-1) * 8**0.5
    found = read(vectors, 2)
    assert torch.allclose(found[0], torch.cat([(vectors[0] - vectors[2]).abs(), vectors[0] * vectors[2]]))


def test_a_torn_line_is_skipped_and_other_settings_are_other_cells(tmp_path: Path) -> None:
    cell = Cell("sst2", "digest", "backbone", Method("cp", 5e-3, 2, "serial"), Settings(), 0)
    CellStore(tmp_path / "cells.jsonl").add(cell, Outcome([1.0], 10, 0.5))
    with (tmp_path / "cells.jsonl").open("a") as file:
        file.write('{"key": "half')
    found = CellStore(tmp_path / "cells.jsonl")
    assert found.get(cell) == Outcome([1.0], 10, 0.5)
    assert found.get(replace(cell, seed=1)) is None
    assert found.get(replace(cell, settings=Settings(epochs=4))) is None
