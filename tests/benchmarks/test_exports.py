import json
import subprocess
import sys

import pytest

from tests.live import ROOT


@pytest.mark.slow
def test_gives_a_rate_for_every_format():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "exports", "--rows", "300", "--rounds", "1"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures = json.loads(done.stdout.splitlines()[-1])
    assert set(figures["rows_per_s"]) == {"jsonl", "csv", "datasets", "label_studio"}
    assert figures["export_rows_per_s"] > 0
