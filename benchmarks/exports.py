"""Rows a second that leave as JSON Lines, CSV, Label Studio JSON and Parquet, and the memory they need."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LABELS_EACH = 2
FILL = 2000
CONTEXT = [{"persona": "student", "text": "It is nine, since three times three is nine."}] * 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=int, default=50_000, help="questions, two labels each")
    parser.add_argument("--rounds", type=int, default=3)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill a database of its own, then export it in every format, each in turn, round after round."""
    with TemporaryDirectory(prefix="acts-exports-") as folder:
        _begin(Path(folder))
        _fill(arguments.rows)
        return _measure(arguments.rows, arguments.rounds)


def _begin(folder: Path) -> None:
    os.environ["ACTS_VAR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _fill(rows: int) -> None:
    from django.contrib.auth import get_user_model

    from annotation.models import Annotation, Dataset, Item
    from annotation.services.codebook import codebook_current
    from models_zoo.labels import QUESTION_TYPES

    people = [
        get_user_model().objects.create(username=f"annotator-{number}") for number in range(LABELS_EACH)
    ]
    dataset = Dataset.objects.create(name="Benchmark", source="import")
    for start in range(0, rows, FILL):
        items = Item.objects.bulk_create(
            Item(
                dataset=dataset,
                key=f"row-{number}",
                text=f"Why do you think that it is {number}?",
                context=CONTEXT,
                group=f"dialogue-{number // 10}",
                shuffle_key=number,
            )
            for number in range(start, min(start + FILL, rows))
        )
        Annotation.objects.bulk_create(
            Annotation(
                item=item,
                annotator=person,
                codebook=codebook_current(),
                labels=[QUESTION_TYPES[item.pk % len(QUESTION_TYPES)]],
                active_ms=4000,
                txn=f"row-{item.pk}",
            )
            for item in items
            for person in people
        )
        print(f"filled {start + len(items)} of {rows}", file=sys.stderr)


def _measure(rows: int, rounds: int) -> dict[str, Any]:
    from annotation.exporting.formats import FORMATS

    for name in FORMATS:  # what is loaded once is not what a row costs
        _export(name, limit=1)
    before = _peak_mib()
    part = {name: _export(name, limit=rows // 10)[1] for name in FORMATS}
    after_part = _peak_mib()
    rates: dict[str, list[float]] = {name: [] for name in FORMATS}
    busy: dict[str, list[float]] = {name: [] for name in FORMATS}
    for number in range(rounds):
        for name in FORMATS:
            busy_before = time.process_time()
            seconds, size = _export(name)
            rates[name].append(rows / seconds)
            busy[name].append(rows / (time.process_time() - busy_before))
            print(f"round {number + 1}: {name} {rows / seconds:,.0f} rows/s, {size:,} bytes", file=sys.stderr)
    return {
        "rows": rows,
        "labels": rows * LABELS_EACH,
        "export_rows_per_s": round(statistics.median(rates["jsonl"])),
        "rows_per_s": _medians(rates),
        "rows_per_cpu_s": _medians(busy),  # what is left of the figure when others use the machine as well
        "peak_mib": {"before": before, "a_tenth": after_part, "all": _peak_mib()},
        "bytes_of_a_tenth": part,
    }


def _medians(values: dict[str, list[float]]) -> dict[str, int]:
    return {name: round(statistics.median(each)) for name, each in values.items()}


def _export(name: str, limit: int | None = None) -> tuple[float, int]:
    """Seconds and bytes of an export, the way that a download makes it."""
    from annotation.exporting.formats import FORMATS
    from annotation.exporting.rows import exported_rows
    from annotation.models import Item
    from annotation.selectors.exports import sheet_of

    items = Item.objects.all()
    if limit is not None:
        items = items.filter(shuffle_key__lt=limit)
    pieces: Iterator[bytes] = FORMATS[name].write(exported_rows(items), sheet_of(items))
    started = time.perf_counter()
    size = sum(len(piece) for piece in pieces)
    return time.perf_counter() - started, size


def _peak_mib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
