"""Results of long steps on disk, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

Result = TypeVar("Result")


class Kept:
    """A folder of results, each under a name and the digest of everything that it depends on.

    The files are pickles: give only folders that nobody else can write to. Without a folder nothing is kept.
    """

    def __init__(self, folder: Path | None, *depends: object) -> None:
        self._folder = folder
        self._digest = hashlib.sha256(repr(depends).encode()).hexdigest()[:16]
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[], Result]) -> Result:
        """What was kept under this name, else what ``make`` returns, which is kept from now on."""
        if self._folder is None:
            return make()
        path = self._folder / f"{name}-{self._digest}.pickle"
        if path.exists():
            found = pickle.loads(path.read_bytes())  # noqa: S301 - the user's own folder
            return cast(Result, found)
        made = make()
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(pickle.dumps(made))
        part.replace(path)
        return made
