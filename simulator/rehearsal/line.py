"""A socket that comes back: reconnects with growing pauses, pings, and hands over frames one by one."""

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

PING_EVERY_S = 15.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
REFUSED_FOR_GOOD = (4403, 4404)

Frame = dict[str, Any]


class LineClosed(Exception):
    """The server does not let this person in; trying again would not help."""


class LineBroken(Exception):
    """The connection is gone; a new one may be opened."""


class Line:
    """One tab's connection. ``hello`` makes the first frame of each connection.

    Between two frames at most ``PING_EVERY_S`` pass without a ping; two pings without a pong break the line.
    """

    def __init__(self, dial: Callable[[], connect], hello: Callable[[], Frame], *, seed: int) -> None:
        self._dial = dial
        self._hello = hello
        self._random = random.Random(seed)  # noqa: S311 (spreads reconnects, no secret)
        self._socket: ClientConnection | None = None
        self._unanswered = 0
        self.connections = 0

    async def open(self) -> None:
        """Connect, trying until it works; the caller bounds the time.

        Raises:
            LineClosed: the handshake was refused.
        """
        pause_s = FIRST_PAUSE_S
        while self._socket is None:
            try:
                self._socket = await self._dial()
                await self._socket.send(json.dumps(self._hello()))
            except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError) as error:
                if isinstance(error, ConnectionClosed):
                    self._raise_if_refused(error)
                self._socket = None
                await asyncio.sleep(pause_s * self._random.uniform(0.5, 1.5))
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        self._unanswered = 0
        self.connections += 1

    async def send(self, frame: Frame) -> None:
        """Raises LineBroken."""
        if self._socket is None:
            raise LineBroken
        try:
            await self._socket.send(json.dumps(frame))
        except ConnectionClosed as error:
            self._lost(error)

    async def receive(self) -> Frame:
        """The next frame; while none comes, the line is kept alive by pings.

        Raises:
            LineBroken, LineClosed.
        """
        while True:
            if self._socket is None:
                raise LineBroken
            try:
                frame: Frame = json.loads(await asyncio.wait_for(self._socket.recv(), PING_EVERY_S))
                if frame.get("type") == "pong":
                    self._unanswered = 0
                return frame
            except TimeoutError:
                await self._ping()
            except ConnectionClosed as error:
                self._lost(error)

    async def _ping(self) -> None:
        if self._unanswered >= 2:
            self.cut()
            raise LineBroken
        self._unanswered += 1
        await self.send({"type": "ping"})

    def cut(self) -> None:
        """Drop the connection without a word, as a dead network does."""
        if self._socket is not None:
            self._socket.transport.abort()
            self._socket = None

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    def _lost(self, error: ConnectionClosed) -> None:
        self._socket = None
        self._raise_if_refused(error)
        raise LineBroken from error

    @staticmethod
    def _raise_if_refused(error: ConnectionClosed) -> None:
        if error.rcvd is not None and error.rcvd.code in REFUSED_FOR_GOOD:
            raise LineClosed(f"the server closed with {error.rcvd.code}") from error
