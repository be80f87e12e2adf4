"""One run from the empty folder to the figures."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import shutil
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.faults.plan import faults
from benchmarks.faults.surroundings import SmallDisk, WallClock
from benchmarks.faults.world import DEADLINE_S, World, dialogues_to_play, world_set
from benchmarks.tools import product as products
from benchmarks.tools.keeper import Keeper
from benchmarks.tools.product import Product

if TYPE_CHECKING:
    from benchmarks.faults.chaos import Chaos
    from simulator.rehearsal.dialogues import Dialogue

DISK_MIB = 768
DEPLOY_EVERY_S = 40.0
CALM_S = 240.0  # after the last fault, for people to finish what they have begun
FOLLOW_S = 60.0  # for the engines to serve what was deployed last


class Show:
    def __init__(self, folder: Path, arguments: argparse.Namespace, stack: ExitStack) -> None:
        self._folder, self._arguments, self._stack = folder, arguments, stack
        self._clock = WallClock(folder / "clock")
        self._disks = [self._disk("var")]
        self._world: World
        self._dialogues: Sequence[Dialogue]
        self._product: Product

    def _disk(self, name: str) -> SmallDisk:
        disk = SmallDisk(self._folder / name, mib=DISK_MIB)
        self._stack.callback(disk.close)
        return disk

    def prepare(self, dialogues: Path | None) -> None:
        """Start servers, fill database and model store, start the product."""
        keeper = self._stack.enter_context(Keeper())
        if self._arguments.keep_logs is not None:
            self._stack.callback(self._keep_logs)
        var = self._folder / "var"
        more = dict(self._clock.environment)
        product = Product(keeper)
        if self._arguments.stack == "cluster":
            self._disks.append(self._disk("database"))
            more["DATABASE_URL"] = products.database(product, self._folder / "database")
            more["REDIS_URL"] = products.channel_server(product, self._folder)
        _django(var, more)
        self._dialogues = dialogues_to_play(dialogues)
        said = list(dict.fromkeys(one.asked for each in self._dialogues[:200] for one in each.exchanges))
        self._world = world_set(var, teachers=self._arguments.rooms, questions=said)
        if self._arguments.stack == "cluster":
            products.cluster(product, var, more)
        else:
            product = products.embedded(keeper, var, more)
        self._product = product
        began = time.monotonic()
        product.wait_until_serving()
        print(f"serving after {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)

    def _keep_logs(self) -> None:
        target: Path = self._arguments.keep_logs
        target.mkdir(parents=True, exist_ok=True)
        for log in self._folder.glob("*.log"):
            shutil.copy(log, target / log.name)

    async def play(self) -> dict[str, Any]:
        from benchmarks.faults.evidence import gather
        from benchmarks.faults.verdict import judge

        async with self._everybody() as (chaos, stop, tasks):
            plan = faults(self._arguments.seed, self._kinds(chaos), mean_pause_s=self._arguments.pause)
            while not all(desk.teacher for desk in chaos.desks):
                await asyncio.sleep(0.1)
            end = time.monotonic() + self._arguments.minutes * 60
            await chaos.play(plan, count=self._arguments.faults, until=end)
            await chaos.calm()
            print("all faults are over, and everything is back", file=sys.stderr, flush=True)
            stop.set()
            await asyncio.wait(tasks, timeout=CALM_S)
            print(f"{sum(task.done() for task in tasks)} of {len(tasks)} people have left", file=sys.stderr)
        evidence = await gather(self._product.urls[0], self._world, chaos.seen.rooms)
        follow_until = time.monotonic() + FOLLOW_S
        while evidence.serving_version != evidence.deployments[-1] and time.monotonic() < follow_until:
            await asyncio.sleep(2)
            evidence = await gather(self._product.urls[0], self._world, chaos.seen.rooms)
        verdict = judge(chaos.seen, evidence, deadline_s=DEADLINE_S)
        for words in verdict.words():
            print(words, file=sys.stderr)
        waits = sorted(verdict.waits_s) or [0.0]
        print(f"faults: {dict(chaos.done)}", file=sys.stderr)
        print(f"not whole: {chaos.recovery()}; {len(chaos.seen.rooms)} rehearsals", file=sys.stderr)
        print(f"waits: median {statistics.median(waits):.1f} s, longest {waits[-1]:.1f} s", file=sys.stderr)
        return {
            "faults": chaos.done.total(),
            "acknowledged": chaos.seen.acknowledged,
            **verdict.to_json(),
        }

    def _kinds(self, chaos: Chaos) -> list[str]:
        known = chaos.kinds()
        if not self._arguments.kinds:
            for kind, real in (("disk", self._disks[0].is_real), ("clock", self._clock.is_real)):
                if not real:
                    print(f"{kind}: cannot be played here and is left out", file=sys.stderr)
            return known
        wanted: list[str] = self._arguments.kinds.split(",")
        if unknown := set(wanted) - set(known):
            raise SystemExit(
                f"cannot be played here: {', '.join(sorted(unknown))}; known: {', '.join(known)}"
            )
        return wanted

    @contextlib.asynccontextmanager
    async def _everybody(self) -> AsyncIterator[tuple[Chaos, asyncio.Event, list[asyncio.Task[None]]]]:
        """All people at work. Teachers and annotators end by themselves once ``stop`` is set."""
        from benchmarks.faults import people
        from benchmarks.faults.chaos import Chaos
        from benchmarks.faults.ledger import Seen
        from simulator.rehearsal.browser import Browser

        world, seed, urls = self._world, self._arguments.seed, self._product.urls
        seen, stop, answers = Seen(), asyncio.Event(), dict[str, list[str]]()

        def browser(number: int, name: str) -> Browser:
            return Browser(urls[number % len(urls)], session_key=world.keys[name])

        desks = [
            people.Desk(browser(number, name), name, seen, stop, seed=1000 * seed + number)
            for number, name in enumerate(world.teachers)
        ]
        consoles = [
            people.Console(browser(number, name), answers, seen, seed=seed + number)
            for number, name in enumerate(world.supervisors)
        ]
        annotators = [
            people.Annotator(browser(number, name), name, seen, seed=seed + number)
            for number, name in enumerate(world.annotators)
        ]
        researcher = browser(0, world.researcher)
        chaos = Chaos(self._product, desks, consoles, self._disks, self._clock, seen)
        watchers = [asyncio.create_task(console.work_on()) for console in consoles]
        watchers.append(asyncio.create_task(chaos.watch()))
        workers = [asyncio.create_task(desk.work(world, self._dialogues, answers)) for desk in desks]
        workers += [asyncio.create_task(annotator.work(stop)) for annotator in annotators]
        workers.append(
            asyncio.create_task(
                people.deploy_in_turn(researcher, world.versions, seen, stop, every_s=DEPLOY_EVERY_S)
            )
        )
        try:
            yield chaos, stop, workers
            for worker in workers:
                if worker.done() and (error := worker.exception()) is not None:
                    raise error
        finally:
            for task in (*watchers, *workers):
                task.cancel()
            await asyncio.gather(*watchers, *workers, return_exceptions=True)


def _django(var: Path, more: dict[str, str]) -> None:
    """This process, too, works on the database: before the faults and after them."""
    settings = products.environment(
        var, **{key: value for key, value in more.items() if key.endswith("_URL")}
    )
    os.environ |= settings | {"ACTS_LOG_LEVEL": "WARNING"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
