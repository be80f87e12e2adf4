"""Which browser the tests drive, and how it is started."""

import os
import shutil

# A page that is tested talks to the server under test and to nobody else.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str:
    """The installed browser; `make test` sees to it that there is one."""
    found = shutil.which(os.environ.get("ACTS_CHROMIUM", "chromium"))
    assert found, "There is no Chromium: run `make test`, or install it (Debian: apt-get install chromium)."
    return found
