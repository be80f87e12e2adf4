"""`manage.py export_sessions`: sessions as JSON Lines or as a dataset folder, with everything in them."""

import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from simulator.exports.dataset import NothingToExport, write_dataset
from simulator.exports.writer import export_lines, records_of
from simulator.models import Session
from simulator.selectors import without_withdrawn


class Command(BaseCommand):
    help = "Export sessions for research. What was recorded before a teacher withdrew is left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="file (jsonl) or new folder (datasets)")
        parser.add_argument("--format", choices=("jsonl", "datasets"), default="jsonl")
        parser.add_argument("--session", type=UUID, nargs="+", default=[], metavar="UUID")

    def handle(self, *args: Any, **options: Any) -> None:
        sessions = _chosen(options["session"])
        out: Path = options["out"]
        try:
            if options["format"] == "datasets":
                report = write_dataset(records_of(sessions), out)
                events = report.events
            else:
                events = _write_lines(sessions, out)
        except NothingToExport as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{out} could not be written: {error}") from error
        self.stdout.write(f"{sessions.count()} sessions, {events} events: {out}")


def _chosen(wanted: list[UUID]) -> QuerySet[Session]:
    sessions = without_withdrawn(Session.objects.select_related("scenario")).order_by("started_at", "pk")
    if not wanted:
        return sessions
    chosen = sessions.filter(public_id__in=wanted)
    missing = set(wanted) - set(chosen.values_list("public_id", flat=True))
    if missing:
        listed = ", ".join(sorted(map(str, missing)))
        raise CommandError(f"No such session, or its teacher withdrew: {listed}. Nothing was written.")
    return chosen


def _write_lines(sessions: QuerySet[Session], out: Path) -> int:
    """Write beside and rename, so that a file under its name is always whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    events = 0
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=out.parent, prefix=f".{out.name}.", delete=False
    ) as file:
        try:
            for line in export_lines(sessions):
                file.write(line)
                events += 1
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(file.name, out)
    return events
