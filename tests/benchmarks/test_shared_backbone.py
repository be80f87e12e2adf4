import json
import os
import subprocess
import sys

import pytest

from benchmarks.shared_backbone import memory
from tests.live import ROOT


@pytest.mark.slow
def test_measures_time_and_memory_of_every_contender():
    sizes = ["--tasks", "1", "3", "5", "--batches", "3", "--lengths", "8", "--rounds", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "shared_backbone", "--backbone", "tiny", *sizes,
         "--copies-most", "2", "--peft-most", "1"],
        cwd=ROOT, check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    figures = json.loads(done.stdout.splitlines()[-1])
    assert set(figures["n"]) == {"1", "3", "5"}
    assert figures["mixed_ratio_10"] > 0 < figures["mixed_ratio_10_all"]
    assert set(figures["peers"]) == {"separate copies", "PEFT LoRA, one map", "PEFT LoRA, all maps"}
    extrapolated = {(row["contender"], row["tasks"]) for row in figures["memory"] if row["extrapolated"]}
    assert ("separate copies", 3) in extrapolated
    assert not any(name.startswith("shared") for name, _ in extrapolated)


def test_the_slope_is_that_of_the_last_two_measured_numbers_of_tasks():
    held = [
        {"contender": "ours", "tasks": tasks, "uss_mb": mb, "extrapolated": guessed}
        for tasks, mb, guessed in ((1, 300, False), (100, 310, False), (1000, 319, False), (9999, 0, True))
    ]
    assert memory.slope(held, "ours") == pytest.approx(10_000)
    assert memory.slope(held[:1], "ours") is None
