"""Rooms chat and annotators label while processes are killed: what of that which was acknowledged is lost?

Real processes, real sockets, real kills (-9): web, engine, worker, the whole group; with ``--stack cluster``
Redis, PostgreSQL and model replicas, too. Connections are cut, processes stand still, the disk is full to
the last byte (a small file system, where root allows one), the wall clock jumps (where libfaketime is
installed). At the end everything that anybody saw acknowledged is looked for in the log, in the exports and
on the pages. The seed decides the faults, the dialogues and the labels; when exactly a fault meets a process
is the machine's.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.tools.data import data_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=10.0, help="play faults for so long")
    parser.add_argument("--faults", type=int, help="stop after so many faults")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stack", choices=("embedded", "cluster"), default="embedded")
    parser.add_argument("--rooms", type=int, default=6, help="teachers who rehearse all the time")
    parser.add_argument("--pause", type=float, default=1.5, help="mean seconds between two faults")
    parser.add_argument("--kinds", help="only these kinds of fault, separated by commas")
    parser.add_argument(
        "--dialogues", type=Path, metavar="FILE.csv", help="what teachers say, as MathDial has it"
    )
    parser.add_argument(
        "--keep-logs", type=Path, metavar="FOLDER", help="copy what the programs logged there"
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.faults.surroundings import own_mounts

    own_mounts()
    from benchmarks.faults.show import Show  # after the mounts: what it imports starts threads

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acts-faults-")))
        folder.chmod(0o755)
        show = Show(folder, arguments, stack)
        show.prepare(_dialogues(arguments.dialogues))
        return asyncio.run(show.play())


def _dialogues(named: Path | None) -> Path | None:
    real = data_folder() / "mathdial" / "dialogues.csv"
    return named or (real if real.exists() else None)
