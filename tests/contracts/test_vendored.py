"""Vendored files are what static/vendor/VERSIONS.md says they are."""

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
ROW = re.compile(
    r"^\| (?P<file>\S+) \| (?P<package>[^|]+) \| (?P<version>\S+) \| [^|]+ \| (?P<sha>[0-9a-f]{64}) \|$"
)
ROWS = [match for line in (VENDOR / "VERSIONS.md").read_text().splitlines() if (match := ROW.match(line))]


def test_every_vendored_file_is_listed():
    listed = {row["file"] for row in ROWS}
    there = {path.name for path in VENDOR.iterdir() if path.suffix in (".js", ".css", ".woff2")}
    assert there == listed


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_vendored_file_is_unchanged(row):
    assert hashlib.sha256((VENDOR / row["file"]).read_bytes()).hexdigest() == row["sha"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_a_vendored_file_carries_the_stated_version(row):
    assert row["version"] in (VENDOR / row["file"]).read_text()
