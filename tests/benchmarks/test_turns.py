"""The engine's time per turn, measured on two small classes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_it_times_every_number_of_rooms(tmp_path: Path) -> None:
    figures = tmp_path / "turns.json"
    subprocess.run(
        [sys.executable, "-m", "benchmarks", "turns", "--rooms", "3,1", "--rounds", "2", "--json", figures],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    found = json.loads(figures.read_text())
    assert list(found["rooms"]) == ["1", "3"]
    for row in found["rooms"].values():
        assert 0 < row["p50_ms"] <= row["p95_ms"]
        assert row["wait_p50_ms"] >= row["p50_ms"]
    assert found["growth"] > 0
