import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.shared_backbone import memory
from tests.live import ROOT


@pytest.mark.slow
def test_measures_time_and_memory_of_every_contender(tmp_path: Path):
    sizes = ["--tasks", "1", "2", "3", "--batches", "3", "--lengths", "8", "--rounds", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "shared_backbone", "--backbone", "tiny", *sizes,
         "--copies-most", "2", "--peft-most", "1", "--details", str(tmp_path / "details.json")],
        cwd=ROOT, check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    figures = json.loads(done.stdout.splitlines()[-1])
    assert set(figures) == {"n", "bytes_per_task", "mixed_ratio_10", "mixed_ratio_10_all", "peers"}
    assert set(figures["n"]) == {"1", "2", "3"}
    assert all(set(one) == {"uss_mb", "mixed_ratio"} for one in figures["n"].values())
    assert figures["mixed_ratio_10"] > 0 < figures["mixed_ratio_10_all"]
    assert set(figures["peers"]) == {"separate copies", "PEFT LoRA, one map", "PEFT LoRA, all maps"}
    details = json.loads((tmp_path / "details.json").read_text())
    extrapolated = {(row["contender"], row["tasks"]) for row in details["memory"] if row["extrapolated"]}
    assert ("separate copies", 3) in extrapolated
    assert not any(name.startswith("shared") for name, _ in extrapolated)


def test_the_price_of_a_further_task_is_that_of_the_process_with_the_most() -> None:
    held = [
        {"contender": "ours", "tasks": 100},
        {"contender": "ours", "tasks": 1000, "further_bytes": 17_000.0},
        {"contender": "ours", "tasks": 400, "further_bytes": 16_000.0},
    ]
    assert memory.further(held, "ours") == 17_000
    assert memory.further(held[:1], "ours") is None


def test_a_line_takes_two_points() -> None:
    def held(tasks: int) -> dict[str, Any]:
        figures = {"uss_mb": 300.0 + tasks, "checkpoint_bytes": 10.0 * tasks}
        return {"contender": "copies", "tasks": tasks, "extrapolated": False, **figures}

    assert memory._continued([], "copies", 10) == []
    assert memory._continued([held(1)], "copies", 10) == []
    (row,) = memory._continued([held(1), held(3)], "copies", 10)
    assert (row["uss_mb"], row["checkpoint_bytes"], row["extrapolated"]) == (310.0, 100.0, True)
