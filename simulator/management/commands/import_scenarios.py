"""`manage.py import_scenarios`: rows of MathDial's CSV become scenarios; all of the file or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from simulator.rehearsal.dialogues import DialogueFileInvalid, Row, read_rows
from simulator.services.scenario import mathdial_scenarios_install
from simulator.student.schema import ScenarioError


class Command(BaseCommand):
    help = "Turn rows of a MathDial CSV into open scenarios, one for each problem. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--limit", type=int, help="at most so many problems, from the top")
        parser.add_argument("--problem", nargs="+", default=[], metavar="QID", help="only these problems")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            rows = _chosen(read_rows(path), options["problem"], options["limit"])
            installed = mathdial_scenarios_install(rows=[(row.line, row.cells) for row in rows])
        except (DialogueFileInvalid, ScenarioError) as error:
            raise CommandError(f"{path}: {str(error).rstrip('.')}. Nothing was imported.") from error
        except OSError as error:
            raise CommandError(f"{path} could not be read: {error.strerror}.") from error
        for scenario in installed.values():
            self.stdout.write(f"{scenario.slug} v{scenario.version}: {scenario.title}")
        self.stdout.write(f"{len(installed)} scenarios.")


def _chosen(rows: list[Row], problems: list[str], limit: int | None) -> list[Row]:
    """The first row of each wanted problem, in the order of the file."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row.cells["qid"].strip(), row)
    unknown = [problem for problem in problems if problem not in first]
    if unknown:
        raise CommandError(f"The file has no problem {', '.join(unknown)}. Nothing was imported.")
    return [row for problem, row in first.items() if not problems or problem in problems][:limit]
