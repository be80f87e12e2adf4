"""Backup and restore on PostgreSQL, with its own programs."""

import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.integration.servers import postgres, settings_for
from tests.live import ROOT

pytestmark = pytest.mark.slow


def manage(settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=settings, capture_output=True, text=True
    )


def test_a_destroyed_database_comes_back(tmp_path: Path):
    var, file = tmp_path / "var", tmp_path / "acts.tar"
    with postgres() as url:
        settings = settings_for(var, url, "")
        subprocess.run([sys.executable, "-m", "tests.live_setup"], cwd=ROOT, env=settings, check=True)
        assert manage(settings, "backup", str(file)).returncode == 0
        with psycopg.connect(url) as connection:
            people = connection.execute("select count(*) from simulator_user").fetchone()
            connection.execute("drop schema public cascade")
            connection.execute("create schema public")
        shutil.rmtree(var)
        done = manage(settings, "restore", str(file))
        assert done.returncode == 0, done.stderr
        with psycopg.connect(url) as connection:
            assert connection.execute("select count(*) from simulator_user").fetchone() == people
        refused = manage(settings, "restore", str(file))
        assert "--replace" in refused.stderr
        assert manage(settings, "restore", "--replace", str(file)).returncode == 0
