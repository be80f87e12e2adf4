"""A recorded teacher at a tab of their own: says a line, waits for the reply, says the next."""

import asyncio
import random
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from websockets.asyncio.client import connect

from .browser import Browser
from .ledger import Ledger, Sent
from .line import Frame, Line, LineBroken

AGAIN_AFTER_S = 0.25  # after a refusal that says to try again
GOODBYE_S = 10.0


class TurnRefused(Exception):
    """The server does not take the message, and says that trying again is no use."""


@dataclass(frozen=True)
class Script:
    """What is said in one room, and how."""

    session: str
    lines: Iterable[str]
    turn_timeout_s: float
    drop_share: float  # share of sendings after which the connection is cut before the acknowledgement
    seed: int


class Teacher:
    """One room. Whatever happens stands in the ledger, also when this is cancelled half-way."""

    def __init__(
        self, browser: Browser, script: Script, ledger: Ledger, on_reply: Callable[[], None]
    ) -> None:
        self._browser = browser
        self._script = script
        self._ledger = ledger
        self._on_reply = on_reply
        self._client = f"tab-{uuid.uuid4()}"
        self._cursor: str | None = None
        self._may_send = False
        self._ended = False
        self._pending: Frame | None = None
        self._random = random.Random(script.seed)  # noqa: S311 (chooses where to cut, no secret)
        self._line = Line(self._dial, self._hello, seed=script.seed)

    def _dial(self) -> connect:
        return self._browser.socket(f"/ws/session/{self._script.session}/")

    def _hello(self) -> Frame:
        return {"type": "hello", "client": self._client, "cursor": self._cursor}

    async def play(self) -> None:
        """Say all lines.

        Raises:
            TimeoutError: a turn took longer than ``turn_timeout_s``.
            TurnRefused, LineClosed: the server does not let the rehearsal go on.
        """
        try:
            for text in self._script.lines:
                if self._ended:
                    return
                await asyncio.wait_for(self._take_turn(text), self._script.turn_timeout_s)
                self._on_reply()
        except asyncio.CancelledError:
            self._ledger.interrupted = True
            raise
        finally:
            self._ledger.reconnects = max(0, self._line.connections - 1)

    async def leave(self, end_path: str) -> None:
        """End the rehearsal by the page's button, and hear that it has ended."""
        answer = await self._browser.post(end_path, {})
        if answer.is_error:
            answer.raise_for_status()
        try:
            await asyncio.wait_for(self._until(lambda: self._ended), GOODBYE_S)
        finally:
            await self._line.close()

    async def _take_turn(self, text: str) -> None:
        await self._until(lambda: self._may_send or self._ended)
        sent = Sent(txn=uuid.uuid4().hex, sent_at=time.perf_counter())
        self._ledger.sent.append(sent)
        self._pending = {"type": "send", "txn": sent.txn, "text": text}
        self._may_send = False
        await self._say(cut=self._random.random() < self._script.drop_share)
        # On a new line the server says "you may send" before it has the message, so that must have come back.
        await self._until(lambda: (sent.event in self._ledger.received and self._may_send) or self._ended)
        sent.answered = bool(sent.event) and not self._ended
        self._pending = None

    async def _say(self, *, cut: bool = False) -> None:
        """Send what is pending; a line that breaks sends it again, with the same txn, when it is back."""
        if self._pending is None:
            return
        try:
            await self._line.send(self._pending)
        except LineBroken:
            return
        if cut:
            self._line.cut()

    async def _until(self, met: Callable[[], bool]) -> None:
        while not met():
            try:
                await self._take_in(await self._line.receive())
            except LineBroken:
                await self._line.open()
                self._may_send = False
                if self._pending is not None and not self._ledger.sent[-1].event:
                    await self._say()

    async def _take_in(self, frame: Frame) -> None:
        self._ledger.note(frame, time.perf_counter())
        kind = frame.get("type")
        if kind == "batch":
            self._cursor = frame["cursor"]
            self._may_send = frame["may_send"]
            self._ended = frame["ended"] is not None
        elif kind == "ack" and self._pending and frame["txn"] == self._pending["txn"]:
            self._pending = None
        elif kind == "err":
            await self._take_refusal(frame)

    async def _take_refusal(self, frame: Frame) -> None:
        if self._pending is None or frame.get("txn") not in (None, self._pending["txn"]):
            return
        if not frame["retryable"]:
            raise TurnRefused(f"{frame['code']}: {frame['detail']}")
        await asyncio.sleep(AGAIN_AFTER_S)
        await self._say()
