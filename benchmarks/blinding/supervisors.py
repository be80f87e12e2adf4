"""People at the console: they take their time, send the first candidate or write a line of their own."""

from __future__ import annotations

import asyncio
import json
import math
import random
import uuid
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect

if TYPE_CHECKING:
    from .stage import Stage

PICK_S, TYPE_S, SPREAD = 6.0, 18.0, 0.5  # medians, and the spread of the logarithm
TYPED = 0.3  # of the replies
WAITING = ("backup_wait", "verify_wait")
OWN_LINES = (
    "I just added the same to both, is that not right?",
    "hmm I am not sure, maybe six?",
    "Because it looked bigger to me.",
    "I think I have to multiply but I do not know by what.",
    "So both sides get bigger by the same amount, no?",
    "Oh wait. Then mine is wrong.",
)
PING_EVERY_S = 2.0


async def supervise(stage: Stage, faster: float, seed: int) -> None:
    """All supervisors at work, until cancelled; each looks after a share of the rooms."""
    sessions = [room["session"] for room in stage.rooms]
    async with asyncio.TaskGroup() as tasks:
        for place, cookie in enumerate(stage.supervisors):
            own = set(sessions[place :: len(stage.supervisors)])
            person = Person(own, faster, random.Random(f"{seed}/{place}"))
            tasks.create_task(person.work(stage.url, cookie))


class Person:
    def __init__(self, sessions: set[str], faster: float, draws: random.Random) -> None:
        self._sessions, self._faster, self._draws = sessions, faster, draws
        self._begun: set[tuple[str, int]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def work(self, url: str, cookie: str) -> None:
        address = url.replace("http", "ws", 1) + "/ws/console/"
        async with connect(
            address, additional_headers={"Cookie": cookie, "Origin": url}, max_size=None, ping_timeout=None
        ) as line:
            await line.send(json.dumps({"type": "hello", "client": "console"}))
            beating = asyncio.create_task(self._beat(line))
            try:
                async for frame in line:
                    self._hear(line, json.loads(frame))
            finally:
                beating.cancel()

    async def _beat(self, line: ClientConnection) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            await line.send('{"type": "ping"}')

    def _hear(self, line: ClientConnection, frame: dict[str, Any]) -> None:
        if frame["type"] == "ack" and frame["for"] == "claim":
            task = asyncio.create_task(self._answer(line, frame))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if frame["type"] != "room":
            return
        room, turn = frame["room"], frame["room"]["turn"]
        if room["session"] not in self._sessions or turn is None or turn["status"] not in WAITING:
            return
        if (key := (room["session"], turn["number"])) not in self._begun:
            self._begun.add(key)
            claim = {"type": "claim", "session": key[0], "turn": key[1]}
            task = asyncio.create_task(line.send(json.dumps(claim)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, line: ClientConnection, claimed: dict[str, Any]) -> None:
        typed = self._draws.random() < TYPED
        median_s = TYPE_S if typed else PICK_S
        await asyncio.sleep(median_s * math.exp(self._draws.gauss(0.0, SPREAD)) / self._faster)
        reply: dict[str, Any] = {
            "type": "decide",
            "txn": uuid.uuid4().hex,
            "action": "type" if typed else "pick",
        }
        reply |= {key: claimed[key] for key in ("session", "turn", "epoch")}
        reply |= {"text": self._draws.choice(OWN_LINES)} if typed else {"candidate": 0}
        await line.send(json.dumps(reply))
