"""Runs what touches the database on a throw-away PostgreSQL: ``python -m tests.on_postgresql [arguments]``.

The same tests run on SQLite in the ordinary suite; what they promise holds on both or not at all.
"""

import os
import subprocess
import sys

from tests.integration.servers import postgres

# What a live server or browser does to the database, its own tests in tests/integration do on PostgreSQL.
CHOSEN = "database and not browser"


def main() -> int:
    """Pytest's own exit status."""
    with postgres() as url:
        command = [sys.executable, "-m", "pytest", "-m", CHOSEN, *sys.argv[1:]]
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
