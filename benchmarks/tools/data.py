"""Where the real dialogues and benchmark sets lie; none of them is part of this project."""

from __future__ import annotations

import os
from pathlib import Path

ENVIRONMENT_VARIABLE = "ACTS_DATA"


def data_folder() -> Path:
    """``$ACTS_DATA``, else ``../shared/data`` beside the project."""
    default = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return Path(os.environ.get(ENVIRONMENT_VARIABLE) or default)


def data_file(*parts: str) -> Path:
    """A file of the data folder.

    Raises:
        SystemExit: it is not there; says what to set.
    """
    path = data_folder().joinpath(*parts)
    if not path.exists():
        raise SystemExit(
            f"{path} is missing; set {ENVIRONMENT_VARIABLE} to the folder that holds {parts[0]}/."
        )
    return path
