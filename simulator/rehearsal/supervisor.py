"""A scripted supervisor: claims each turn that waits and says what the dialogue's real student said."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Container, Mapping, Sequence

from websockets.asyncio.client import connect

from .browser import Browser
from .line import Frame, Line, LineBroken

NOTHING_RECORDED = "Okay."  # the recorded dialogue ended with the teacher
WAITING = ("backup_wait", "verify_wait")
FRAME_EVERY_S = 0.1  # the console takes 60 frames in 5 seconds
ANSWER_WITHIN_S = 20.0
HELP_AFTER_S = 8.0  # a turn of a colleague's room that still waits is anybody's

Key = tuple[str, str, int]  # frame type, session, turn


class Refused(Exception):
    """The server refused a frame; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Supervisor:
    """One person at the console. Own rooms come at once, those of colleagues after a moment.

    Args:
        answers: session -> what its student says, turn by turn.
        own: the sessions that this supervisor looks after.
    """

    def __init__(
        self, browser: Browser, answers: Mapping[str, Sequence[str]], *, own: Container[str], seed: int
    ) -> None:
        self._browser = browser
        self._answers = answers
        self._own = own
        self._client = f"console-{uuid.uuid4()}"
        self._line = Line(self._dial, self._hello, seed=seed)
        self._rooms: dict[str, Frame] = {}
        self._answered: dict[str, int] = {}  # session -> newest turn that needs no more thought
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._expected: dict[Key, asyncio.Future[Frame]] = {}
        self._next_frame_at = 0.0
        self.refusals: Counter[str] = Counter()
        self.ready = asyncio.Event()

    def _dial(self) -> connect:
        return self._browser.socket("/ws/console/")

    def _hello(self) -> Frame:
        return {"type": "hello", "client": self._client}

    async def work(self) -> None:
        """Answer until cancelled. Raises LineClosed when the console is not open to this person."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._answer_all())
        finally:
            await self._line.close()

    # -- hearing

    async def _listen(self) -> None:
        while True:
            try:
                self._take_in(await self._line.receive())
            except LineBroken as error:
                for future in self._expected.values():
                    if not future.done():
                        future.set_exception(error)
                await self._line.open()

    def _take_in(self, frame: Frame) -> None:
        kind = frame.get("type")
        if kind == "welcome":
            for room in frame["rooms"]:
                self._see(room)
            self.ready.set()
        elif kind == "room":
            self._see(frame["room"])
        elif kind in ("ack", "err"):
            self._hear_answer(frame)

    def _see(self, room: Frame) -> None:
        session = room["session"]
        if session not in self._answers:
            return
        self._rooms[session] = room
        if self._wants_answer(session, room):
            if session in self._own:
                self._waiting.put_nowait(session)
            else:
                asyncio.get_running_loop().call_later(HELP_AFTER_S, self._waiting.put_nowait, session)

    def _wants_answer(self, session: str, room: Frame) -> bool:
        turn = room["turn"]
        return (
            room["ended"] is None
            and turn is not None
            and turn["status"] in WAITING
            and turn["number"] > self._answered.get(session, 0)
            and (turn["holder"] is None or turn["mine"])
        )

    def _hear_answer(self, frame: Frame) -> None:
        future = self._expected.get((str(frame.get("for")), frame.get("session", ""), frame.get("turn", 0)))
        if future is None or future.done():
            if frame["type"] == "err":
                self.refusals[frame["code"]] += 1
        elif frame["type"] == "ack":
            future.set_result(frame)
        else:
            future.set_exception(Refused(frame["code"]))

    # -- answering

    async def _answer_all(self) -> None:
        while True:
            session = await self._waiting.get()
            room = self._rooms[session]
            if not self._wants_answer(session, room):
                continue
            turn = room["turn"]["number"]
            try:
                await self._answer(session, turn)
                self._answered[session] = turn
            except Refused as refusal:
                self.refusals[refusal.code] += 1
                if refusal.code in ("rate_limited", "storage_failed"):
                    self._waiting.put_nowait(session)
            except (LineBroken, TimeoutError):
                self._waiting.put_nowait(session)
                await asyncio.sleep(FRAME_EVERY_S)

    async def _answer(self, session: str, turn: int) -> None:
        claimed = await self._ask({"type": "claim", "session": session, "turn": turn})
        shown_at = time.perf_counter()
        await self._ask({"type": "shown", "session": session, "turn": turn})
        await self._ask(
            {
                "type": "decide",
                "txn": uuid.uuid4().hex,
                "session": session,
                "turn": turn,
                "epoch": claimed["epoch"],
                "action": "type",
                "text": self._line_for(session, turn),
                "elapsed_ms": round((time.perf_counter() - shown_at) * 1000),
            }
        )

    def _line_for(self, session: str, turn: int) -> str:
        lines = self._answers[session]
        return (lines[turn - 1] if turn <= len(lines) else "") or NOTHING_RECORDED

    async def _ask(self, frame: Frame) -> Frame:
        """Send a frame, not faster than the console takes them, and wait for its answer.

        Raises:
            Refused, LineBroken, TimeoutError.
        """
        pause_s = self._next_frame_at - time.perf_counter()
        if pause_s > 0:
            await asyncio.sleep(pause_s)
        self._next_frame_at = time.perf_counter() + FRAME_EVERY_S
        key = (frame["type"], frame["session"], frame["turn"])
        future = self._expected[key] = asyncio.get_running_loop().create_future()
        try:
            await self._line.send(frame)
            return await asyncio.wait_for(future, ANSWER_WITHIN_S)
        finally:
            self._expected.pop(key, None)
