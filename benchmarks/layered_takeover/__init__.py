"""Seconds to put a layer right against seconds to type the reply, in a real browser against a real server.

A scripted supervisor works through lines of the demo scenario that the machine misread, each in two rooms: in
one it puts the wrong layers right and sends what the machine then proposes, in the other it types the same
reply. System times are measured; the person's are those of the keystroke-level model (klm.py).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from simulator.engine.scope.lines import read_lines

from .klm import TYPISTS, repair_seconds, typing_seconds
from .product import Product
from .supervisor import Turn, work


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--turns", type=int, default=24, help="lines tried at most; those read rightly are left out"
    )
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    lines = [
        line for line in read_lines("controls") if line.heading.startswith(("Pump", "Inform", "Feedback"))
    ]
    step = max(1, len(lines) // arguments.turns)
    with tempfile.TemporaryDirectory() as folder, Product(Path(folder)) as product:
        print(f"serving on {product.url}", file=sys.stderr, flush=True)
        turns = work(product.url, lines[::step][: arguments.turns], chromium=arguments.chromium)
    misread = [turn for turn in turns if turn.changes]
    finished = [turn for turn in misread if turn.finished]
    return {
        "turns": len(turns),
        "misread": len(misread),
        "finished_by_machine": len(finished),
        "system_ms": {
            "repair": _median([1000 * turn.repair_system_s / turn.changes for turn in misread]),
            "send": _median([1000 * turn.send_system_s for turn in misread]),
        },
        "reply_characters": _median([len(turn.reply) for turn in finished]),
        "seconds": {name: _seconds(misread, key_s) for name, key_s in TYPISTS.items()},
    }


def _seconds(misread: list[Turn], key_s: float) -> dict[str, float | None]:
    """Medians over the misread turns; where the machine did not finish, typing came on top of trying."""
    typed = [typing_seconds(turn, key_s) for turn in misread]
    repaired = [
        repair_seconds(turn, key_s) + (0.0 if turn.finished else typing)
        for turn, typing in zip(misread, typed, strict=True)
    ]
    pairs = list(zip(repaired, typed, strict=True))
    return {
        "repair": _median(repaired),
        "typing": _median(typed),
        "ratio": _median([one / other for one, other in pairs]),
        "saved": _median([other - one for one, other in pairs]),
    }


def _median(values: list[Any]) -> float | None:
    return round(float(statistics.median(values)), 3) if values else None
