"""One run: start the product and the floor, chat with more and more rooms, read off what it took."""

from __future__ import annotations

import argparse
import asyncio
import copy
import os
import random
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from benchmarks.chat_load.client import RoomClient, Times
from benchmarks.chat_load.usage import Usage, usage_of
from benchmarks.tools import product as products
from benchmarks.tools.keeper import Keeper, Program

if TYPE_CHECKING:
    from simulator.models import ScenarioVersion, Study

WARM_UP_S = 12.0
OPEN_AT_ONCE = 10


class Measurement:
    def __init__(self, folder: Path, arguments: argparse.Namespace, stack: ExitStack) -> None:
        self._folder, self._arguments, self._stack = folder, arguments, stack
        self._random = random.Random(arguments.seed)

    def prepare(self, dialogues: Path | None) -> None:
        """Everything that is started once."""
        keeper = self._stack.enter_context(Keeper())
        self._product = products.Product(keeper)
        more: dict[str, str] = {}
        if self._arguments.stack == "cluster":
            (self._folder / "database").mkdir()
            more["DATABASE_URL"] = products.database(self._product, self._folder / "database")
            more["REDIS_URL"] = products.channel_server(self._product, self._folder)
        var = self._folder / "var"
        var.mkdir()
        _django(products.environment(var, **more))
        self._lines = _lines(dialogues)
        self._random.shuffle(self._lines)
        self._scenario, self._study, self._consent = _stage()
        more["ACTS_LOG_LEVEL"] = "INFO"
        if self._arguments.stack == "cluster":
            products.cluster(self._product, var, more)
        else:
            self._product = products.embedded(keeper, var, more)
        port = products.free_port()
        self._floor_url = f"ws://127.0.0.1:{port}"
        floor = products.web_command(port, "benchmarks.chat_load.floor:application")
        keeper.keep(Program("floor", floor, products.environment(var, **more), self._folder / "floor.log"))
        self._product.wait_until_serving()

    async def run(self, sizes: Sequence[int]) -> dict[str, Any]:
        found: dict[str, dict[str, Any]] = {}
        await self._measure(2, WARM_UP_S, pause_s=2.0)
        for size in sizes:
            found[str(size)] = await self._measure(
                size, self._arguments.seconds, pause_s=self._arguments.pause
            )
            print(f"{size} rooms: {found[str(size)]}", file=sys.stderr, flush=True)
        return {"rooms": found, **summary(found)}

    async def _measure(self, size: int, seconds: float, *, pause_s: float) -> dict[str, Any]:
        processes = self._product.members("web") + self._product.members("engine")
        empty = usage_of(processes)
        rooms = await asyncio.to_thread(self._rooms, size)
        for group in _by(rooms):
            await asyncio.gather(*(room.open() for room in group))
        times, before, started = Times(), usage_of(processes), time.monotonic()
        chats = [room.chat(times, pause_s=pause_s, until=started + seconds) for room in rooms]
        used = asyncio.create_task(_used_after(seconds, processes))
        await asyncio.gather(*chats)  # the last replies may come after the window
        figures = _figures(size, times, seconds, before, await used, empty)
        figures |= await asyncio.to_thread(_answers, times)
        await asyncio.gather(*(room.close() for room in rooms))
        await asyncio.to_thread(self._end, [room.session for room in rooms])
        return figures

    def _rooms(self, size: int) -> list[RoomClient]:
        """So many teachers, each in a rehearsal that is answered without delay."""
        from benchmarks.tools.accounts import account
        from simulator.models import Role, User
        from simulator.rehearsal.browser import Browser
        from simulator.services.session import session_start
        from simulator.services.study import consent_give

        clients = []
        for number in range(size):
            teacher, key = account(self._study, f"teacher{User.objects.count()}", Role.TEACHER)
            consent_give(person=teacher, text=self._consent)
            session = session_start(
                teacher=teacher, study=self._study, scenario=self._scenario, pacing_scale=0.0
            )
            url = self._product.urls[number % len(self._product.urls)]
            lines = self._random.sample(self._lines, min(500, len(self._lines)))
            browser = Browser(url, session_key=key)
            clients.append(
                RoomClient(
                    browser, str(session.public_id), self._floor_url, lines, self._random.randrange(2**31)
                )
            )
        return clients

    def _end(self, sessions: Sequence[str]) -> None:
        """Rooms that are through must not be watched while the next ones are measured."""
        from simulator.models import Session
        from simulator.services.session import session_end

        for session in Session.objects.filter(public_id__in=sessions, ended_at=None):
            session_end(session=session, reason="finished", actor="system")


async def _used_after(seconds: float, processes: Sequence[psutil.Process]) -> Usage:
    await asyncio.sleep(seconds)
    return usage_of(processes)


def _by(rooms: Sequence[RoomClient]) -> list[Sequence[RoomClient]]:
    return [rooms[start : start + OPEN_AT_ONCE] for start in range(0, len(rooms), OPEN_AT_ONCE)]


def _figures(
    size: int, times: Times, took_s: float, before: Usage, after: Usage, empty: Usage
) -> dict[str, Any]:
    cpu_s = after.cpu_s - before.cpu_s
    messages = max(1, len(times.ack))
    return {
        "ack_ms": _quantiles(times.ack),
        "floor_ms": _quantiles(times.floor),
        "messages_per_s": round(len(times.ack) / took_s, 2),
        "unanswered": times.unanswered,
        "mb_per_room": round((after.memory - empty.memory) / size / 1e6, 3),
        "cpu_ms_per_message": round(1000 * cpu_s / messages, 1),
        "cpu_share_per_room": round(cpu_s / took_s / size, 5),
    }


def _quantiles(values: Sequence[float]) -> dict[str, float | None]:
    if not values:
        return {"p50": None, "p95": None, "p99": None}
    return {
        name: round(float(value), 1)
        for name, value in zip(("p50", "p95", "p99"), np.percentile(values, (50, 95, 99)), strict=True)
    }


def summary(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """At 50 rooms, or at the number that was measured and comes nearest; growth from 10 to the most."""
    at_50 = found[min(found, key=lambda size: abs(int(size) - 50))]
    at_10 = found[min(found, key=lambda size: abs(int(size) - 10))]
    at_most = found[max(found, key=int)]
    return {
        "ack_p95_over_floor": round(at_50["ack_ms"]["p95"] / at_50["floor_ms"]["p95"], 2),
        "cost_growth_10_200": round(at_most["cpu_share_per_room"] / at_10["cpu_share_per_room"], 3),
    }


def _django(settings: dict[str, str]) -> None:
    os.environ |= settings | {"ACTS_LOG_LEVEL": "WARNING"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _lines(dialogues: Path | None) -> list[str]:
    """What teachers say: of MathDial, or of the project's own corpus."""
    from models_zoo.training import load_corpus
    from simulator.rehearsal.dialogues import read_dialogues

    if dialogues is None:
        return [example.text for example in load_corpus()]
    return [exchange.asked for one in read_dialogues(dialogues) for exchange in one.exchanges]


def _stage() -> tuple[ScenarioVersion, Study, Any]:
    """The shipped scenario with a threshold that lets the machine answer all, and a study without audits."""
    import yaml

    from simulator.models import RoutingPolicy, Study
    from simulator.services.scenario import SCENARIO_DIR, scenario_install
    from simulator.services.study import consent_text_publish

    shipped = yaml.safe_load((SCENARIO_DIR / "scale-factor.yaml").read_text(encoding="utf-8"))
    scenario = copy.deepcopy(shipped) | {"slug": "always-sure", "title": "Always sure"}
    scenario["routing"] = {**scenario.get("routing", {}), "threshold": 1.0}
    study = Study.objects.create(slug="load", title="Load")
    RoutingPolicy.objects.create(study=study, audit_share=0.0)
    consent = consent_text_publish(study=study, text="Recorded teachers are played.")
    return scenario_install(source=yaml.safe_dump(scenario, sort_keys=False)), study, consent


def _answers(times: Times) -> dict[str, Any]:
    """Times of the turns that the machine answered; the others wait for a person, here for the fallback."""
    from simulator.models import Turn

    turns = Turn.objects.filter(
        session__public_id__in={session for session, _number in times.replies},
        answered_by__startswith="machine:",
        decided_at__isnull=False,
    )
    found = turns.values_list("session__public_id", "number", "opened_at", "decided_at")
    rows = [row for row in found if (str(row[0]), row[1]) in times.replies]
    return {
        "auto_ms": _quantiles([times.replies[str(session), number] for session, number, *_ in rows]),
        "decided_ms": _quantiles(
            [(decided - opened).total_seconds() * 1000 for *_, opened, decided in rows if decided]
        ),
        "not_by_the_machine": len(times.replies) - len(rows),
    }
