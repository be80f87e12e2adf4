"""The engine's own time for a turn, and how it grows with the rooms that ask at the same moment.

The real ``Engine.step`` on a real database: it takes the turns, reads them, proposes replies, routes and
writes. Nothing but the teachers is played. For each number of rooms, ``p50_ms`` and ``p95_ms`` are the
engine's time divided by the turns it answered in it; ``wait_p50_ms`` and ``wait_p95_ms`` are what a room
waited when all rooms asked at once, from the engine's first look to the commit that decided its turn.
``growth`` is the last ``p50_ms`` over the first.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.engine.loop import Engine
    from simulator.models import Session

WARM_UP = 2  # rounds that are not counted: the first ones load code and plan queries


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rooms", default="1,10,50", help="numbers of rooms, separated by commas")
    parser.add_argument("--rounds", type=int, default=12, help="messages in each room")
    parser.add_argument("--estimator", choices=("one_pass", "passes"), default="one_pass")
    parser.add_argument(
        "--dialogues", type=Path, metavar="FILE.csv", help="what teachers say, as MathDial has it"
    )
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    sizes = sorted({int(size) for size in arguments.rooms.split(",")})
    with tempfile.TemporaryDirectory(prefix="acts-turns-") as folder:
        _product(Path(folder), arguments.estimator)
        from django.db import connections

        from simulator.engine.loop import Engine

        lines = random.Random(arguments.seed).sample(texts := _lines(arguments.dialogues), len(texts))
        engine = Engine()
        engine.model.start()
        found = {}
        for size in sizes:
            found[str(size)] = _measure(engine, _rooms(size), lines, arguments.rounds)
            print(f"{size} rooms: {found[str(size)]}", file=sys.stderr, flush=True)
        connections.close_all()
    growth = found[str(sizes[-1])]["p50_ms"] / found[str(sizes[0])]["p50_ms"]
    return {"estimator": arguments.estimator, "rooms": found, "growth": round(growth, 3)}


def _product(folder: Path, estimator: str) -> None:
    """An empty product on a database file of its own, with the shipped scenarios and model."""
    os.environ |= {
        "ACTS_VAR": str(folder),
        "ACTS_ESTIMATOR": estimator,
        "DATABASE_URL": f"sqlite:///{folder / 'acts.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    import django
    import torch
    from django.core.management import call_command

    torch.set_num_threads(1)  # as the engine's own process does
    django.setup()
    call_command("migrate", verbosity=0)
    from simulator.services.demo import demo_seed

    demo_seed()


def _rooms(count: int) -> list[Session]:
    """So many new rehearsals, each with a teacher of its own, who is answered without delay."""
    from simulator.models import Role, ScenarioVersion, Study, User
    from simulator.services.session import session_start
    from simulator.services.study import consent_give

    study = Study.objects.get()
    text = study.consent_texts.latest("version")
    scenario = ScenarioVersion.objects.get(slug="scale-factor")
    rooms = []
    for _ in range(count):
        teacher = User.objects.create_user(username=f"teacher-{User.objects.count()}", role=Role.TEACHER)
        study.members.add(teacher)
        consent_give(person=teacher, text=text)
        rooms.append(session_start(teacher=teacher, study=study, scenario=scenario, pacing_scale=0.0))
    return rooms


def _lines(path: Path | None) -> list[str]:
    """What teachers say: of the file's dialogues, or of the project's own corpus."""
    if path is None:
        from models_zoo.training import load_corpus

        return [example.text for example in load_corpus()]
    from models_zoo.training.mathdial import mathdial_examples

    csv.field_size_limit(10**9)
    return [example.text for example in mathdial_examples(path)]


def _measure(engine: Engine, rooms: Sequence[Session], lines: Sequence[str], rounds: int) -> dict[str, float]:
    own_ms: list[float] = []
    wait_ms: list[float] = []
    for turn in range(WARM_UP + rounds):
        said = [lines[(turn * len(rooms) + index) % len(lines)] for index in range(len(rooms))]
        _ask(rooms, said, turn)
        spent, waits = _answer(engine, rooms)
        if turn >= WARM_UP:
            own_ms.append(spent / len(rooms))
            wait_ms += waits
        _release()
    figures = {"p50_ms": _quantile(own_ms, 0.5), "p95_ms": _quantile(own_ms, 0.95)}
    return figures | {"wait_p50_ms": _quantile(wait_ms, 0.5), "wait_p95_ms": _quantile(wait_ms, 0.95)}


def _ask(rooms: Sequence[Session], said: Sequence[str], turn: int) -> None:
    from simulator.services.message import message_post

    for room, text in zip(rooms, said, strict=True):
        message_post(session=room, teacher=room.teacher, client="benchmark", txn=str(turn), text=text)


def _answer(engine: Engine, rooms: Sequence[Session]) -> tuple[float, list[float]]:
    """Let the engine work until nobody waits for it: its milliseconds, and each room's wait."""
    from simulator.models import Turn, TurnStatus

    started = time.perf_counter()
    looking = 0.0  # the benchmark's own queries
    waits: list[float] = []
    while True:
        worked = engine.step()
        elapsed_ms = (time.perf_counter() - started) * 1000 - looking
        looked = time.perf_counter()
        left = Turn.objects.filter(
            session__in=rooms, status__in=(TurnStatus.OPEN, TurnStatus.PREDICTING)
        ).count()
        waits += [elapsed_ms] * (len(rooms) - left - len(waits))
        if not left:
            return elapsed_ms, waits
        if not worked:
            raise SystemExit(f"The engine left {left} turns unanswered; its log says why.")
        looking += (time.perf_counter() - looked) * 1000


def _release() -> None:
    """Let every student reply, so that the rooms may ask again."""
    from django.utils import timezone

    from simulator import clock
    from simulator.models import Turn
    from simulator.models.turn import WAITING

    Turn.objects.filter(status__in=WAITING).update(fallback_at=timezone.now())
    clock.tick()


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    if share == 0.5:
        return round(statistics.median(ordered), 2)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
