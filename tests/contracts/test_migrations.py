"""Models and migrations agree, and a migration is named for what it does."""

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = [
    path for app in ("simulator", "annotation") for path in (ROOT / app / "migrations").glob("0*.py")
]


@pytest.mark.django_db
def test_no_model_change_lacks_its_migration():
    told = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=told)
    assert "No changes detected" in told.getvalue()


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_migration_is_named_for_its_effect(path: Path):
    assert not re.search(r"_auto_|_and_more$", path.stem), "name it: makemigrations --name what_it_does"


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_a_migration_runs_no_application_code(path: Path):
    """Code changes and a migration must not: what it imports from the apps may only be column defaults."""
    allowed = r"\.models(\.\w+)*$"
    imported = re.findall(
        r"^(?:from|import) ((?:simulator|annotation|models_zoo)[\w.]*)", path.read_text(), re.M
    )
    assert [name for name in imported if not re.search(allowed, name)] == []


@pytest.mark.slow
def test_data_of_the_first_schema_comes_through_to_the_newest(tmp_path: Path):
    """A row in every table of the first migrations, column by column, in a database of its own."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "ACTS_"))}
    command = [sys.executable, "-m", "tests.old_schema"]
    done = subprocess.run(
        command, cwd=ROOT, env=own | {"ACTS_VAR": str(tmp_path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert {"simulator_event", "simulator_turn", "simulator_consent", "annotation_annotation"} <= set(
        found["tables"]
    )
    assert len(found["tables"]) >= 19
    assert found["changed"] == []
