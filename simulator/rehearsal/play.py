"""The performance: everybody signs in, supervisors sit down, all rooms play at once, the log is fetched."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from django.urls import reverse

from simulator.exports.reader import SessionRecord, sessions_in

from .browser import Browser, SignInFailed
from .ledger import Ledger
from .line import LineClosed
from .stage import Room, Stage
from .supervisor import Supervisor
from .teacher import Script, Teacher, TurnRefused

SIGN_INS_AT_ONCE = 2  # each costs the server a slow hash
CONSOLE_READY_S = 30.0


@dataclass(frozen=True)
class Performance:
    """How the rooms are played; ``turns`` cuts long dialogues."""

    url: str
    turns: int | None
    turn_timeout_s: float
    drop_share: float
    seed: int

    def lines(self, room: Room) -> list[str]:
        return [exchange.asked for exchange in room.dialogue.exchanges][: self.turns]


async def server_answers(url: str) -> bool:
    """Whether a server of ours is there."""
    try:
        async with httpx.AsyncClient(timeout=10.0) as client:
            answer = await client.get(url.rstrip("/") + reverse("health"))
    except httpx.HTTPError:
        return False
    return answer.is_success


class _Doorman:
    """Opens browsers and signs people in, a few at a time."""

    def __init__(self, stage: Stage, url: str, open_browsers: AsyncExitStack) -> None:
        self._stage, self._url, self._open = stage, url, open_browsers
        self._few = asyncio.Semaphore(SIGN_INS_AT_ONCE)

    async def let_in(self, username: str) -> Browser:
        browser = await self._open.enter_async_context(Browser(self._url))
        async with self._few:
            await browser.sign_in(reverse("sign-in"), username=username, password=self._stage.password)
        return browser


async def perform(
    stage: Stage, performance: Performance, ledgers: Sequence[Ledger], on_reply: Callable[[], None]
) -> None:
    """Play all rooms to their end. What happens is noted in the ledgers, one for each room, as it happens.

    Raises:
        SignInFailed, httpx.HTTPError, LineClosed, TimeoutError: it could not begin.
    """
    async with AsyncExitStack() as open_browsers:
        doorman = _Doorman(stage, performance.url, open_browsers)
        browsers = await asyncio.gather(*(doorman.let_in(room.teacher) for room in stage.rooms))
        consoles = [await doorman.let_in(name) for name in stage.supervisors]
        async with _at_work(_supervisors(stage, consoles, performance.seed), ledgers[0]):
            await asyncio.gather(
                *(
                    _play_room(browser, room, performance, ledger, on_reply, number)
                    for number, (browser, room, ledger) in enumerate(
                        zip(browsers, stage.rooms, ledgers, strict=True)
                    )
                )
            )


def _supervisors(stage: Stage, consoles: Sequence[Browser], seed: int) -> list[Supervisor]:
    answers = {room.session: [one.answered for one in room.dialogue.exchanges] for room in stage.rooms}
    sessions = list(answers)
    return [
        Supervisor(browser, answers, own=frozenset(sessions[place :: len(consoles)]), seed=seed + place)
        for place, browser in enumerate(consoles)
    ]


@asynccontextmanager
async def _at_work(supervisors: Sequence[Supervisor], ledger: Ledger) -> AsyncIterator[None]:
    """Supervisors work while the context is open; what they met is added to the ledger's errors."""
    tasks = [asyncio.create_task(supervisor.work()) for supervisor in supervisors]
    try:
        for task, supervisor in zip(tasks, supervisors, strict=True):
            ready = asyncio.create_task(supervisor.ready.wait())
            done, _ = await asyncio.wait(
                {task, ready}, timeout=CONSOLE_READY_S, return_when=asyncio.FIRST_COMPLETED
            )
            ready.cancel()
            if ready not in done:
                raise LineClosed("the console does not open for a supervisor")
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for supervisor in supervisors:
            ledger.errors.update({f"console {code}": n for code, n in supervisor.refusals.items()})


async def _play_room(
    browser: Browser,
    room: Room,
    performance: Performance,
    ledger: Ledger,
    on_reply: Callable[[], None],
    number: int,
) -> None:
    """Play one room. Its trouble is noted and does not stop the others."""
    script = Script(
        session=room.session,
        lines=performance.lines(room),
        turn_timeout_s=performance.turn_timeout_s,
        drop_share=performance.drop_share,
        seed=performance.seed * 1000 + number,
    )
    teacher = Teacher(browser, script, ledger, on_reply)
    try:
        await teacher.play()
    except TimeoutError:
        ledger.errors["turn timed out"] += 1
    except (TurnRefused, LineClosed) as error:
        ledger.errors[str(error)] += 1
    try:
        await teacher.leave(reverse("session-end", args=[room.session]))
    except (TimeoutError, LineClosed, httpx.HTTPError) as error:
        ledger.errors[f"leaving: {type(error).__name__}"] += 1


async def fetch_exports(stage: Stage, url: str) -> dict[str, SessionRecord]:
    """What a researcher downloads of the rooms, by session.

    Raises:
        SignInFailed, httpx.HTTPError, ExportInvalid.
    """
    async with AsyncExitStack() as open_browsers:
        browser = await _Doorman(stage, url, open_browsers).let_in(stage.researcher)
        records: dict[str, SessionRecord] = {}
        for room in stage.rooms:
            lines = await browser.lines(reverse("api-session-export", args=[room.session]))
            records |= {str(record.session): record for record in sessions_in(lines)}
        return records


__all__ = ["Performance", "SignInFailed", "fetch_exports", "perform", "server_answers"]
