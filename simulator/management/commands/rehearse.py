"""`manage.py rehearse`: real dialogues against a running server, and what came of it."""

import asyncio
import json
import os
import random
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.exports.reader import ExportInvalid, SessionRecord
from simulator.rehearsal.dialogues import Dialogue, DialogueFileInvalid, read_dialogues
from simulator.rehearsal.ledger import Ledger
from simulator.rehearsal.line import LineClosed
from simulator.rehearsal.play import Performance, SignInFailed, fetch_exports, perform, server_answers
from simulator.rehearsal.report import judge
from simulator.rehearsal.stage import Stage, StageError, scenarios_for_dialogues, stage_clear, stage_set
from simulator.rehearsal.words import report_table
from simulator.student.schema import ScenarioError

CANNOT_BEGIN = (SignInFailed, LineClosed, httpx.HTTPError, ExportInvalid, TimeoutError)


def default_dialogues() -> Path:
    """MathDial in the folder ACTS_DATA, or beside the project."""
    folder = os.environ.get("ACTS_DATA") or settings.BASE_DIR.parent / "shared" / "data"
    return Path(folder, "mathdial", "dialogues.csv")


class Command(BaseCommand):
    help = (
        "Play recorded teachers against a running server, with scripted supervisors who say what the real "
        "student said. Run it beside the server, on the same database. The last line printed is JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dialogues", type=Path, default=default_dialogues(), metavar="FILE.csv")
        parser.add_argument("--rooms", type=_positive, default=5, help="played at once, a dialogue each")
        parser.add_argument("--turns", type=_positive, help="at most so many turns of a dialogue")
        parser.add_argument("--mode", choices=("backup", "verify"), default="backup")
        parser.add_argument("--scenario", metavar="SLUG", help="one for all; default: the problem's own")
        parser.add_argument("--supervisors", type=_positive, help="default: one for every five rooms")
        parser.add_argument("--pacing", type=float, default=0.0, metavar="SCALE", help="0: reply at once")
        parser.add_argument("--drop", type=_share, default=0.0, metavar="SHARE", help="of sendings cut off")
        parser.add_argument("--turn-timeout", type=float, default=120.0, metavar="SECONDS")
        parser.add_argument("--seed", type=int, default=0, help="chooses dialogues and cuts")
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")

    def handle(self, *args: Any, **options: Any) -> None:
        dialogues = _dialogues(options["dialogues"], options["rooms"], options["seed"])
        if not asyncio.run(server_answers(options["url"])):
            raise CommandError(f"No server answers at {options['url']}. Start one: manage.py serve")
        performance = Performance(
            url=options["url"],
            turns=options["turns"],
            turn_timeout_s=options["turn_timeout"],
            drop_share=options["drop"],
            seed=options["seed"],
        )
        stage = _set_stage(dialogues, options)
        ledgers = [Ledger(room.session) for room in stage.rooms]
        try:
            _play(stage, performance, ledgers)
            exported = _exports(stage, options["url"])
        except CANNOT_BEGIN as error:
            raise CommandError(
                f"The rehearsal could not be played: {error or type(error).__name__}"
            ) from error
        finally:
            stage_clear(stage)
        self._tell(ledgers, exported, options["json"])

    def _tell(self, ledgers: list[Ledger], exported: dict[str, SessionRecord], file: Path | None) -> None:
        report = judge(ledgers, exported)
        console = Console(width=100)
        with console.capture() as captured:
            console.print(report_table(report))
        self.stdout.write(captured.get())
        line = json.dumps(report.to_json())
        if file is not None:
            file.write_text(line + "\n", encoding="utf-8")
        self.stdout.write(line)
        self.stdout.flush()
        if report.missing or report.doubled or report.betrayals:
            raise CommandError("The server lost, doubled or betrayed something.")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError
    return value


def _dialogues(path: Path, rooms: int, seed: int) -> list[Dialogue]:
    """A seeded choice; where there are more rooms than dialogues, some are played twice."""
    try:
        found = read_dialogues(path)
    except DialogueFileInvalid as error:
        raise CommandError(f"{path}: {error}") from error
    except OSError as error:
        raise CommandError(f"{path} could not be read: {error.strerror}.") from error
    if not found:
        raise CommandError(f"{path} holds no dialogue in which a teacher says something.")
    random.Random(seed).shuffle(found)  # noqa: S311 (a repeatable choice)
    return [found[number % len(found)] for number in range(rooms)]


def _set_stage(dialogues: list[Dialogue], options: dict[str, Any]) -> Stage:
    try:
        scenarios = scenarios_for_dialogues(options["dialogues"], dialogues, slug=options["scenario"])
    except (StageError, DialogueFileInvalid, ScenarioError) as error:
        raise CommandError(str(error)) from error
    return stage_set(
        dialogues=dialogues,
        scenarios=scenarios,
        supervisors=options["supervisors"] or -(-len(dialogues) // 5),
        mode=options["mode"],
        pacing_scale=options["pacing"],
    )


def _play(stage: Stage, performance: Performance, ledgers: list[Ledger]) -> None:
    """Play with a progress bar. Ctrl+C ends the playing; what was played is still judged."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("turns"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    total = sum(len(performance.lines(room)) for room in stage.rooms)
    with bar:
        task = bar.add_task(f"{len(stage.rooms)} rooms", total=total)
        try:
            asyncio.run(perform(stage, performance, ledgers, lambda: bar.advance(task)))
        except KeyboardInterrupt:
            bar.console.print("Interrupted: the figures are of what was played until now.")


def _exports(stage: Stage, url: str) -> dict[str, SessionRecord]:
    return asyncio.run(fetch_exports(stage, url))
