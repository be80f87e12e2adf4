"""The harness itself, small: real processes are killed and nothing that was acknowledged is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import ROOT

COMMAND = [
    sys.executable, "-m", "benchmarks", "faults", "--faults", "8", "--minutes", "0.3", "--pause", "0.4",
    "--rooms", "2", "--seed", "3",
    "--kinds", "cut,cut_unacknowledged,cut_console,freeze,kill_web,kill_worker",
]  # fmt: skip


@pytest.mark.slow
def test_after_a_handful_of_faults_nothing_is_missing(tmp_path: Path):
    file = tmp_path / "figures.json"
    done = subprocess.run([*COMMAND, "--json", file], cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(file.read_text())
    assert figures == json.loads(done.stdout.splitlines()[-1])
    assert list(figures) == [
        "faults", "acknowledged", "lost", "doubled", "reordered", "double_answers", "late",
    ]  # fmt: skip
    assert figures["faults"] >= 1
    assert figures["acknowledged"] > 5
    wrong = {name: figures[name] for name in ("lost", "doubled", "reordered", "double_answers", "late")}
    assert set(wrong.values()) == {0}, done.stderr[-3000:]
