"""One room: a teacher's socket, and beside it a socket to the floor."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from simulator.rehearsal.browser import Browser

TURN_WITHIN_S = 60.0
SPREAD = 0.5  # pauses lie between half and one and a half of their mean


@dataclass
class Times:
    """Milliseconds of every message of one measurement."""

    ack: list[float] = field(default_factory=list)
    replies: dict[tuple[str, int], float] = field(default_factory=dict)  # by session and number of the turn
    floor: list[float] = field(default_factory=list)
    unanswered: int = 0


class RoomClient:
    def __init__(
        self, browser: Browser, session: str, floor_url: str, lines: Sequence[str], seed: int
    ) -> None:
        self.session = session
        self._browser, self._floor_url = browser, floor_url
        self._lines = lines
        self._random = random.Random(seed)
        self._turns = 0
        self._room: ClientConnection
        self._floor: ClientConnection

    async def open(self) -> None:
        """Connect both sockets and take what a page that is opened gets."""
        self._room = await self._browser.socket(f"/ws/session/{self.session}/")
        self._floor = await connect(f"{self._floor_url}/echo/")
        hello = {"type": "hello", "client": uuid.uuid4().hex, "cursor": None}
        await self._room.send(json.dumps(hello))
        while (await self._hear())["type"] != "batch":
            pass

    async def close(self) -> None:
        await asyncio.gather(self._room.close(), self._floor.close())

    async def chat(self, times: Times, *, pause_s: float, until: float) -> None:
        """Say line after line until the monotonic clock shows ``until``. Starts are spread over a pause."""
        await asyncio.sleep(self._random.uniform(0.0, pause_s))
        for number, text in enumerate(self._lines):
            if time.monotonic() >= until:
                return
            first, second = (self._say, self._echo) if number % 2 else (self._echo, self._say)
            await first(text, times)
            await second(text, times)
            await asyncio.sleep(pause_s * self._random.uniform(1 - SPREAD, 1 + SPREAD))

    async def _echo(self, text: str, times: Times) -> None:
        started = time.perf_counter()
        await self._floor.send(json.dumps({"type": "send", "txn": uuid.uuid4().hex, "text": text}))
        await self._floor.recv()
        times.floor.append((time.perf_counter() - started) * 1000)

    async def _say(self, text: str, times: Times) -> None:
        started = time.perf_counter()
        await self._room.send(json.dumps({"type": "send", "txn": uuid.uuid4().hex, "text": text}))
        try:
            async with asyncio.timeout(TURN_WITHIN_S):
                acknowledged = await self._until_acknowledged()
                times.ack.append((acknowledged - started) * 1000)
                self._turns += 1
                replied = await self._until_reply()
                times.replies[self.session, self._turns] = (replied - acknowledged) * 1000
        except TimeoutError:
            times.unanswered += 1

    async def _until_acknowledged(self) -> float:
        while True:
            frame = await self._hear()
            if frame["type"] == "ack":
                return time.perf_counter()
            if frame["type"] == "err":
                raise SystemExit(f"A message was refused: {frame}")

    async def _until_reply(self) -> float:
        while True:
            frame = await self._hear()
            if frame["type"] == "batch" and frame["may_send"]:
                return time.perf_counter()

    async def _hear(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self._room.recv())
        return frame
