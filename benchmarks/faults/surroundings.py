"""What surrounds the processes and can fail: a disk of a fixed size, a wall clock that may jump."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import importlib.util
import os
import subprocess
from pathlib import Path

CLONE_NEWNS = 0x00020000  # linux/sched.h
PIECE = b"\0" * 2**16


def own_mounts() -> bool:
    """Give this process mounts of its own, which end with it. False where that is not allowed."""
    if os.name != "posix" or ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        return False
    return _ran("mount", "--make-rprivate", "/")


def _ran(*command: str) -> bool:
    with contextlib.suppress(OSError):
        return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603
    return False


class SmallDisk:
    """A file system of ``mib`` mebibytes at ``folder``, which can be filled to the last byte."""

    def __init__(self, folder: Path, *, mib: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.is_real = _ran("mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0755", "tmpfs", str(folder))

    def fill(self) -> None:
        """Write until nothing more fits."""
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            for size in (len(PIECE), 4096, 1):
                while True:
                    try:
                        filler.write(PIECE[:size])
                    except OSError as error:
                        if error.errno != errno.ENOSPC:
                            raise
                        break

    def close(self) -> None:
        if self.is_real:
            _ran("umount", "--lazy", str(self.folder))

    def free(self) -> None:
        (self.folder / "filler").unlink(missing_ok=True)


class WallClock:
    """An offset to the wall clock of the processes that get ``environment``, changed while they run.

    libfaketime puts itself between a process and the C library, so production code knows nothing of it.
    Monotonic clocks go on, as they do when a machine's time is set.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._library = _libfaketime()
        self.jump(0.0)

    @property
    def is_real(self) -> bool:
        return self._library is not None

    @property
    def environment(self) -> dict[str, str]:
        if self._library is None:
            return {}
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, offset_s: float) -> None:
        """Put the clock ``offset_s`` before (or, negative, behind) the true time; takes hold in a second."""
        aside = self._file.with_suffix(".new")
        aside.write_text(f"{offset_s:+.1f}\n")
        aside.replace(self._file)


def _libfaketime() -> Path | None:
    """Debian's library, or that of the Python package of this name."""
    for path in Path("/usr/lib").glob("*/faketime/libfaketime.so.1"):
        return path
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        return None
    inside = Path(found.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
    return inside if inside.exists() else None
