"""Doing the faults of the plan to the running product, and watching when it is back."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import psutil

from benchmarks.faults.ledger import Seen
from benchmarks.faults.people import Console, Desk
from benchmarks.faults.plan import Fault
from benchmarks.faults.surroundings import SmallDisk, WallClock
from benchmarks.tools.product import Product

VICTIM_WITHIN_S = 30.0
LOOK_EVERY_S = 0.5
REPORT_EVERY = 25


class HasConnection(Protocol):
    def cut(self) -> None: ...


@dataclass
class Chaos:
    """Everything that can be hit."""

    product: Product
    desks: Sequence[Desk]
    consoles: Sequence[Console]
    disks: Sequence[SmallDisk]
    clock: WallClock
    seen: Seen
    done: Counter[str] = field(default_factory=Counter)
    offset_s: float = 0.0

    def kinds(self) -> list[str]:
        """What can be done here."""
        parts = {"kill_" + part for part in (*self.product.parts, "web", "engine", "worker")}
        if "replicas" in self.product.parts:
            parts.add("kill_replica")
        found = ["cut", "cut_unacknowledged", "cut_console", "freeze", *sorted(parts)]
        found += ["disk"] * all(disk.is_real for disk in self.disks)
        found += ["clock"] * self.clock.is_real
        return found

    async def play(self, plan: Iterator[Fault], *, count: int | None, until: float) -> None:
        """Do faults until there were ``count`` or the monotonic clock shows ``until``."""
        for fault in plan:
            await asyncio.sleep(fault.pause_s)
            if time.monotonic() >= until or (count is not None and self.done.total() >= count):
                return
            if await self._do(fault):
                self.done[fault.kind] += 1
            else:
                print(f"fault {fault.number}: nobody to {fault.kind}", file=sys.stderr)
            if fault.number % REPORT_EVERY == 0:
                print(f"{self.done.total()} faults, {self.seen.acknowledged} acknowledged", file=sys.stderr)

    async def calm(self) -> None:
        """Put the clock right, and wait until everything is back."""
        self._jump(0.0)
        for disk in self.disks:
            disk.free()
        while not await asyncio.to_thread(self.product.ready):
            await asyncio.sleep(LOOK_EVERY_S)

    async def watch(self) -> None:
        """Note, until cancelled, from when to when some web server could not do its work."""
        since: float | None = None
        try:
            while True:
                asked = time.perf_counter()
                if await asyncio.to_thread(self.product.ready):
                    if since is not None:
                        self.seen.down.append((since, time.perf_counter()))
                    since = None
                elif since is None:
                    since = asked - LOOK_EVERY_S
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            if since is not None:
                self.seen.down.append((since, time.perf_counter()))

    # -- one fault; False where there was nobody to hit

    async def _do(self, fault: Fault) -> bool:
        if fault.kind.startswith("kill_"):
            return await self._kill(fault.kind.removeprefix("kill_"), fault.draw)
        done: bool = await getattr(self, f"_{fault.kind}")(fault)
        return done

    async def _kill(self, part: str, draw: float) -> bool:
        victim = await self._victim(part, draw)
        if victim is None:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            # A database's own children would keep its memory: all of it ends, as with a machine.
            family = victim.children(recursive=True) if part == "postgres" else []
            for one in (victim, *family):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            return True
        return False

    async def _victim(self, part: str, draw: float) -> psutil.Process | None:
        """One that plays the part; where all have just died, the one that comes next."""
        end = time.monotonic() + VICTIM_WITHIN_S
        while time.monotonic() < end:
            members = self.product.members(part)
            if members:
                return members[int(draw * len(members))]
            await asyncio.sleep(0.05)
        return None

    async def _cut(self, fault: Fault) -> bool:
        return self._cut_one([desk.teacher for desk in self.desks], fault.draw)

    async def _cut_console(self, fault: Fault) -> bool:
        return self._cut_one(self.consoles, fault.draw)

    def _cut_one(self, people: Sequence[HasConnection | None], draw: float) -> bool:
        there = [one for one in people if one is not None]
        if not there:
            return False
        there[int(draw * len(there))].cut()
        return True

    async def _cut_unacknowledged(self, fault: Fault) -> bool:
        there = [desk.teacher for desk in self.desks if desk.teacher is not None]
        if not there:
            return False
        there[int(fault.draw * len(there))].cut_next = True
        return True

    async def _freeze(self, fault: Fault) -> bool:
        victim = await self._victim(fault.part, fault.draw)
        if victim is None:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.send_signal(signal.SIGSTOP)
            await asyncio.sleep(fault.size)
            victim.send_signal(signal.SIGCONT)
            return True
        return False

    async def _disk(self, fault: Fault) -> bool:
        disk = self.disks[int(fault.draw * len(self.disks))]
        try:
            await asyncio.to_thread(disk.fill)
            await asyncio.sleep(fault.size)
        finally:
            disk.free()
        return True

    async def _clock(self, fault: Fault) -> bool:
        self._jump(fault.size)
        return True

    def _jump(self, offset_s: float) -> None:
        if offset_s < self.offset_s:
            self.seen.setbacks.append((time.perf_counter(), self.offset_s - offset_s))
        self.offset_s = offset_s
        self.clock.jump(offset_s)

    def recovery(self) -> dict[str, Any]:
        """How long the product was not whole: times, median and longest in seconds."""
        took = sorted(until - since for since, until in self.seen.down)
        if not took:
            return {"times": 0}
        return {
            "times": len(took),
            "p50_s": round(took[len(took) // 2], 1),
            "max_s": round(took[-1], 1),
        }
