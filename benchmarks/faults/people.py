"""The people: teachers, supervisors, annotators, a researcher. They go on whatever happens, as people do."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import httpx
from django.urls import reverse

from benchmarks.faults.ledger import Decided, Deployed, Labelled, Room, Seen
from benchmarks.faults.world import STUDY, World
from models_zoo.labels import QUESTION_TYPES
from simulator.rehearsal.browser import Browser
from simulator.rehearsal.ledger import Ledger
from simulator.rehearsal.line import Frame, LineClosed
from simulator.rehearsal.supervisor import Supervisor
from simulator.rehearsal.teacher import Script, Teacher, TurnRefused

if TYPE_CHECKING:
    from simulator.rehearsal.dialogues import Dialogue

AGAIN_AFTER_S = 0.4
TURNS = 8  # of a dialogue at most, so that rehearsals also begin and end often
NEVER_S = 180.0  # a turn without a reply for so long has none
TICKET = re.compile(r'data-item="(\d+)" data-ticket="([0-9a-f-]+)"')


class FragileTeacher(Teacher):
    """A teacher whose connection others may cut."""

    cut_next = False

    def cut(self) -> None:
        self._line.cut()

    async def _say(self, *, cut: bool = False) -> None:
        due, self.cut_next = self.cut_next, False
        await super()._say(cut=cut or due)


class Desk:
    """A teacher who plays one dialogue after the other, each a rehearsal of its own."""

    def __init__(self, browser: Browser, name: str, seen: Seen, stop: asyncio.Event, *, seed: int) -> None:
        self._browser, self._name, self._seen, self._stop = browser, name, seen, stop
        self._random = random.Random(seed)
        self.teacher: FragileTeacher | None = None

    async def work(self, world: World, dialogues: Sequence[Dialogue], answers: dict[str, list[str]]) -> None:
        for number in itertools.count():
            if self._stop.is_set():
                return
            dialogue = self._random.choice(dialogues)
            session = await self._begin(self._random.choice(world.scenarios))
            answers[session] = [one.answered for one in dialogue.exchanges]
            room = Room(session, self._name, Ledger(session))
            self._seen.rooms.append(room)
            await self._play(room, [one.asked for one in dialogue.exchanges][:TURNS], number)

    async def _begin(self, scenario: int) -> str:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self._browser.post(reverse("brief", args=[STUDY, scenario]), {})
                if answer.status_code == httpx.codes.FOUND and "/sessions/" in answer.headers["location"]:
                    return str(answer.headers["location"]).strip("/").split("/")[-1]
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _play(self, room: Room, lines: Sequence[str], number: int) -> None:
        said = itertools.takewhile(lambda _: not self._stop.is_set(), lines)
        script = Script(room.session, said, NEVER_S, 0.0, seed=self._random.randrange(2**31) + number)
        self.teacher = FragileTeacher(self._browser, script, room.ledger, lambda: None)
        try:
            await self.teacher.play()
        except (TurnRefused, LineClosed, TimeoutError) as error:
            room.refused = f"{type(error).__name__} {error}"
            return
        end = reverse("session-end", args=[room.session])
        while not room.left:
            try:
                await self.teacher.leave(end)
                room.left = True
            except (httpx.HTTPError, TimeoutError):
                await asyncio.sleep(AGAIN_AFTER_S)
            except LineClosed as error:
                room.refused = f"LineClosed {error}"
                return


class Console(Supervisor):
    """A supervisor whose acknowledged replies are noted, and whose connection others may cut."""

    def __init__(self, browser: Browser, answers: dict[str, list[str]], seen: Seen, *, seed: int) -> None:
        super().__init__(browser, answers, own=answers.keys(), seed=seed)
        self._seen = seen

    def cut(self) -> None:
        self._line.cut()

    async def work_on(self) -> None:
        """Answer until cancelled, whatever the server says meanwhile."""
        while True:
            with contextlib.suppress(ExceptionGroup):
                await self.work()
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _ask(self, frame: Frame) -> Frame:
        answer = await super()._ask(frame)
        if frame["type"] == "decide":
            decided = Decided(frame["session"], frame["turn"], frame["txn"], frame["text"])
            self._seen.decided.append(decided)
        return answer


class Annotator:
    """Labels question after question; when none is left, takes some back."""

    def __init__(self, browser: Browser, name: str, seen: Seen, *, seed: int) -> None:
        self._browser, self._name = browser, name
        self._rows = seen.labelled.setdefault(name, [])
        self._random = random.Random(seed)

    async def work(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            found = await self._next()
            if found is None or self._random.random() < 0.2:
                await self._say("annotation:label-undo", {}, None, "")
            else:
                label = self._random.choice(QUESTION_TYPES)
                await self._say(
                    "annotation:label-save", {"ticket": found[1], "labels": label}, found[0], label
                )
            await asyncio.sleep(self._random.uniform(0.3, 0.9))

    async def _next(self) -> tuple[int, str] | None:
        """The number and the ticket of the next question."""
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self._browser.get(reverse("annotation:label-next"))
                if answer.status_code == httpx.codes.NO_CONTENT:
                    return None
                if (found := TICKET.search(answer.text)) is not None:
                    return int(found[1]), found[2]
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _say(self, address: str, fields: dict[str, str], item: int | None, label: str) -> None:
        """Send until it is answered, always under the same ``txn``."""
        txn = uuid.uuid4().hex
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self._browser.post(reverse(address), {**fields, "txn": txn}, as_json=True)
                if answer.status_code == httpx.codes.OK:
                    row = answer.json().get("saved")
                    self._rows.append(Labelled(self._name, txn, item, label, row))
                    return
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return  # refused: nothing was promised
            await asyncio.sleep(AGAIN_AFTER_S)


async def deploy_in_turn(
    browser: Browser, versions: Sequence[str], seen: Seen, stop: asyncio.Event, *, every_s: float
) -> None:
    """Put the versions into service one after the other; each until the page says that it is."""
    for version in _in_turn(versions):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every_s)
        if stop.is_set():
            return
        if await _deploy(browser, version):
            seen.deployed.append(Deployed(version))


async def _deploy(browser: Browser, version: str) -> bool:
    """Whether the page took it; False where it refused, which promises nothing."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            answer = await browser.post(reverse("annotation:deploy"), {"version": version})
            if answer.status_code == httpx.codes.FOUND:
                return str(answer.headers["location"]).endswith(reverse("annotation:models"))
            if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                return False
        await asyncio.sleep(AGAIN_AFTER_S)


def _in_turn(versions: Sequence[str]) -> Iterator[str]:
    return itertools.cycle(reversed(versions))
