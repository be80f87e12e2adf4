"""The benchmark of layered takeover: its arithmetic, and one line in a real browser."""

import json
import subprocess
import sys

import pytest

from benchmarks.layered_takeover.klm import MENTAL_S, repair_seconds, typing_seconds
from benchmarks.layered_takeover.supervisor import Turn
from tests.browser.chromium import chromium
from tests.live import ROOT


def test_a_person_thinks_before_every_choice_and_presses_every_key():
    turn = Turn(
        "How far across?",
        changes=2,
        repair_keys=4,
        repair_system_s=0.1,
        send_system_s=0.05,
        typing_system_s=0.05,
        finished=True,
        reply="It's 6 cm.",
    )
    assert repair_seconds(turn, 0.28) == pytest.approx(4 * MENTAL_S + 4 * 0.28 + 0.15)
    assert typing_seconds(turn, 0.28) == pytest.approx(2 * MENTAL_S + 12 * 0.28 + 0.05)


@pytest.mark.browser
@pytest.mark.slow
def test_the_benchmark_runs():
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        "layered_takeover",
        "--turns",
        "3",
        "--chromium",
        chromium(),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["turns"] == 3
    assert figures["misread"] >= figures["finished_by_machine"]
