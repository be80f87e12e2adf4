"""What is installed with the product: its licences are known and accepted, its audit can tell a hole."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import audit, licences

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_licences_is_what_is_locked_and_all_are_accepted():
    command = [sys.executable, "scripts/licences.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("licence", ["GPL-3.0", "MIT AND AGPL-3.0-only", "unknown", "LGPL-3.0-only"])
def test_a_licence_that_nobody_accepted_is_refused(licence: str):
    assert not licences.accepted("something-new", licence)


ANSWERS = {
    "a hole": ([{"id": "X-1", "fix_versions": ["9"]}], 1, "X-1; mended in: 9"),
    "no hole": ([], 0, "No known vulnerability."),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_known_hole_fails_the_audit(case: str, tmp_path: Path, monkeypatch, capsys):
    """Another program stands where pip-audit is asked for, and answers as that writes."""
    holes, status, words = ANSWERS[case]
    answer = {"dependencies": [{"name": "django", "version": "1", "vulns": holes}]}
    pip_audit = tmp_path / "pip-audit"
    pip_audit.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer)}\nEND\n")
    pip_audit.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert audit.main() == status
    assert words in capsys.readouterr().out


def test_an_audit_that_reaches_nobody_says_so(tmp_path: Path, monkeypatch, capsys):
    pip_audit = tmp_path / "pip-audit"
    pip_audit.write_text("#!/bin/sh\necho 'no connection' >&2\nexit 1\n")
    pip_audit.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert audit.main() == 0
    assert "NOT AUDITED" in capsys.readouterr().out
