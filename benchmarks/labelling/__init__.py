"""The labelling page: server time of save and next, key to next question on the screen, rows exported."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

WARM_UP = 30  # labels that are not counted: the first ones load code and plan queries
CLIENTS = 4
DATABASES = ("sqlite", "postgresql")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--items", type=int, default=1000, help="questions in the queue")
    parser.add_argument(
        "--labels", type=int, default=400, help="labels by one client; by four, a quarter each"
    )
    parser.add_argument("--keys", type=int, default=60, help="keys pressed in the browser; 0: no browser")
    parser.add_argument("--pause-ms", type=int, default=250, help="between two keys")
    parser.add_argument("--databases", default=",".join(DATABASES))
    parser.add_argument("--rows", type=int, default=10_000, help="questions that are exported")
    parser.add_argument(
        "--details", type=Path, metavar="FILE", help="four clients and the server's own clock too, as JSON"
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from .screen import key_to_next_ms
    from .server import served

    details: dict[str, Any] = {}
    pressed: list[float] = []
    for database in arguments.databases.split(","):
        with served(database, items=arguments.items, people=CLIENTS + 2) as one:
            details[database] = _server(one.url, one.database_url, arguments.labels)
            if arguments.keys and not pressed:
                pressed = key_to_next_ms(
                    one.url, person=CLIENTS + 1, keys=arguments.keys, pause_ms=arguments.pause_ms
                )
        print(f"{database}: {details[database]}", file=sys.stderr, flush=True)
    if arguments.details is not None:
        arguments.details.write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
    figures: dict[str, Any] = {
        database: {"save_next_ms": found["save_next_ms"]} for database, found in details.items()
    }
    if pressed:
        figures["key_to_next_ms"] = _spread(pressed)
    return figures | {"export_rows_per_s": _exported(arguments.rows)}


def _server(url: str, database: str, labels: int) -> dict[str, Any]:
    """One annotator, then four at the same time; and what a label costs the web process's own clock."""
    from .server import Annotator, counted, web_cpu_ms

    alone = Annotator(url, 0)
    for _ in range(WARM_UP):
        alone.label()
    counted(database)
    before = web_cpu_ms()
    one = [alone.label() for _ in range(labels)]
    cpu = (web_cpu_ms() - before) / labels
    team = [Annotator(url, number + 1) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        work = pool.map(lambda each: [each.label() for _ in range(labels // CLIENTS)], team)
        four = list(chain.from_iterable(work))
    return {"save_next_ms": _spread(one), "four_clients_ms": _spread(four), "web_cpu_ms": round(cpu, 1)}


def _exported(rows: int) -> int:
    from benchmarks import exports

    figures = exports.run(argparse.Namespace(rows=rows, rounds=3))
    return int(figures["export_rows_per_s"])


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        name: round(ordered[int(share * len(ordered))], 1) for name, share in (("p50", 0.5), ("p95", 0.95))
    }
