"""A curious teacher with browser tools and a clock tries to tell the machine's replies from a person's.

A real server on a scratch folder; a fair draw decides for each confident turn whether the machine or a person
answers. Scripted supervisors take the times of people (pick: median 6 s, type: 18 s, as measured by
layered_takeover); all times of the scenario are shortened by one factor, so that machine and people keep
their ratio. All that a teacher's browser can see of a turn is noted and given to classifiers, which are tried
on rooms that they were not trained on. An AUC of .5 is chance. ``channel`` is everything but the words of the
reply; ``words`` are the words alone, which differ by what people write; ``unmatched`` is the same channel
with ``people_median_s: 0``, where the machine does not wait as people do.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from .attack import attack
from .stage import Product, Stage
from .supervisors import supervise
from .teachers import Observed, be_curious


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--turns", type=int, default=500, help="observed turns")
    parser.add_argument("--rooms", type=int, default=10, help="rooms at a time")
    parser.add_argument("--faster", type=float, default=4.0, help="all times are divided by this")
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    each = max(2, arguments.turns // arguments.rooms)
    matched = _observe(arguments, matched=True, turns=each)
    unmatched = _observe(arguments, matched=False, turns=max(2, each // 2))
    return {
        "turns": len(matched),
        "by_people": sum(one.by_person for one in matched),
        "auc": {kind: attack(matched, kind, arguments.seed) for kind in ("channel", "pace", "words")},
        "unmatched": {
            "turns": len(unmatched),
            "auc": {kind: attack(unmatched, kind, arguments.seed) for kind in ("channel", "pace")},
        },
        "faster": arguments.faster,
    }


def _observe(arguments: argparse.Namespace, *, matched: bool, turns: int) -> list[Observed]:
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Product(Path(folder), arguments.rooms, arguments.faster, matched) as product,
    ):
        print(f"{product.stage.url}: {arguments.rooms} rooms of {turns} turns", file=sys.stderr, flush=True)
        observed = asyncio.run(_play(product.stage, turns, arguments))
        return product.told(observed)


async def _play(stage: Stage, turns: int, arguments: argparse.Namespace) -> list[Observed]:
    working = asyncio.create_task(supervise(stage, arguments.faster, arguments.seed))
    rooms = [be_curious(stage, number, turns, arguments.seed) for number in range(len(stage.rooms))]
    everything = asyncio.gather(*rooms)
    both: set[asyncio.Future[Any]] = {working, everything}
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    working.cancel()
    return [one for room in await everything for one in room]
