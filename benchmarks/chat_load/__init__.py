"""Rooms that chat over real websockets: how long answers take, and what a room costs.

Teachers say MathDial's lines, each in a room of its own, with a pause between a reply and the next line. The
scenario answers every turn by the machine and without delay, with the uncertainty of 30 dropout passes, so
``auto_ms`` is the machine's own time: from the acknowledgement to the reply's frame in the browser. (With the
scenario's usual pacing a reply waits for its moment, by design.) ``decided_ms`` is the part of it until the
decision was stored. Just before or after each message the same text goes to a bare Channels echo consumer
under a server of the same kind: the floor. Everything, the clients too, shares this machine's processors.
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
    parser.add_argument("--rooms", default="1,10,50,200", help="numbers of rooms, separated by commas")
    parser.add_argument("--stack", choices=("embedded", "cluster"), default="embedded")
    parser.add_argument("--seconds", type=float, default=40.0, help="of chatting for each number of rooms")
    parser.add_argument("--pause", type=float, default=15.0, help="mean seconds between reply and next line")
    parser.add_argument(
        "--dialogues", type=Path, metavar="FILE.csv", help="what teachers say, as MathDial has it"
    )
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.chat_load.measure import Measurement

    sizes = sorted({int(size) for size in arguments.rooms.split(",")})
    real = data_folder() / "mathdial" / "dialogues.csv"
    dialogues = arguments.dialogues or (real if real.exists() else None)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acts-chat-")))
        folder.chmod(0o755)
        measurement = Measurement(folder, arguments, stack)
        measurement.prepare(dialogues)
        return asyncio.run(measurement.run(sizes))
