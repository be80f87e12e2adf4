"""The one door to all benchmarks."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import __main__ as door


@pytest.fixture
def doubling(monkeypatch: pytest.MonkeyPatch) -> str:
    """A benchmark that doubles what it is given."""

    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--rooms", type=int, default=1)

    def run(arguments: Namespace) -> dict[str, int]:
        return {"rooms": 2 * arguments.rooms}

    module = ModuleType("benchmarks.doubling", "Doubles rooms.")
    vars(module).update(add_arguments=add_arguments, run=run)
    monkeypatch.setitem(sys.modules, "benchmarks.doubling", module)
    monkeypatch.setattr(door, "names", lambda: ["doubling"])
    return "doubling"


def test_prints_the_figures_last(doubling: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main([doubling, "--rooms", "4"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"rooms": 8}


def test_writes_them_to_a_file(doubling: str, tmp_path: Path) -> None:
    door.main([doubling, "--json", str(tmp_path / "figures.json")])
    assert json.loads((tmp_path / "figures.json").read_text()) == {"rooms": 2}


def test_lists_what_there_is(doubling: str, capsys: pytest.CaptureFixture[str]) -> None:
    door.main([])
    assert "doubling" in capsys.readouterr().out


def test_names_the_others_when_one_is_unknown(doubling: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main(["no_such_thing"]) == 2
    assert "doubling" in capsys.readouterr().err
