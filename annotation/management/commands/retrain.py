"""The whole of learning in one command: collect, label by rules, train, compare, deploy if asked."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from annotation.errors import AnnotationError
from annotation.models import RunKind, RunStatus, TrainingRun
from annotation.services.run import run_create, run_execute


class Command(BaseCommand):
    help = "Train a model version on the labels there are, and compare it with the one in service."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--deploy", action="store_true", help="deploy it, and renew the suggestions")
        parser.add_argument("--json", type=Path, help="write the comparison to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        run = self._execute(RunKind.RETRAIN, deploy=options["deploy"])
        for name, found in run.comparison.items():
            self._print_comparison(name, found)
        if options["json"]:
            result = {"version": run.version, "parent": run.parent_version, "comparison": run.comparison}
            options["json"].write_text(json.dumps(result, indent=2) + "\n")
        if options["deploy"]:
            self._execute(RunKind.PREFILL)

    def _execute(self, kind: RunKind, *, deploy: bool = False) -> TrainingRun:
        try:
            run = run_create(kind=kind, deploy=deploy)
        except AnnotationError as error:
            raise CommandError(str(error)) from error
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        with Progress(*columns) as bar:
            task = bar.add_task(run.get_kind_display(), total=1.0)
            run = run_execute(
                run_id=run.pk,
                watch=lambda share, message: bar.update(task, completed=share, description=message),
            )
            bar.update(task, completed=run.progress, description=run.message)
        if run.status != RunStatus.DONE:
            raise CommandError(f"{run.get_kind_display()} {run.status}: {run.message}")
        return run

    def _print_comparison(self, name: str, found: dict[str, Any]) -> None:
        self.stdout.write(f"\nOn {name} (old, new, difference with 95 % interval):")
        for metric, difference in found["difference"].items():
            old, new = found["old"][metric]["value"], found["new"][metric]["value"]
            self.stdout.write(
                f"  {metric:34} {old:.3f}  {new:.3f}  {difference['value']:+.3f} "
                f"[{difference['low']:+.3f}, {difference['high']:+.3f}], n = {difference['n']}"
            )
