"""After a withdrawal the teacher's words are nowhere, whatever was killed on the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_a_withdrawal_leaves_no_word_in_any_page_row_or_file(tmp_path: Path):
    own = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "ACTS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.erasure_world"],
        cwd=ROOT,
        env=own | {"ACTS_VAR": str(tmp_path), "ACTS_HOLDOUT_SHARE": "0", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    # There was something to find: in the database, in an upload, on pages.
    assert len(found["before"]) == 2
    assert found["readable_before"] > 0
    # Killed inside the transaction: nothing happened. Killed after it: the rows are blank, the rest is to do.
    assert found["killed_inside"] == [None, 0, {}]
    assert found["killed_after"] == 1
    assert found["marked"] == [2]
    assert found["labels"] == [0, 0, 0]
    assert found["uploads"] == 0
    # Killed while clearing: it is done again, once, and the rebuild is queued once.
    assert found["unsettled"] == 1
    assert found["settled"] == [1, 0]
    assert found["erasures"] == 1
    assert found["rebuilds"] == 1
    # The log keeps its numbers and says that it was blanked.
    assert found["log"] == [True, True]
    assert found["payloads"] == ["session.erased"]
    # An old export does not bring the words back, and nothing holds them any more.
    assert found["brought_back"] == {"items": 0, "faults": 2}
    assert found["after"] == []
    assert found["readable"] == []
