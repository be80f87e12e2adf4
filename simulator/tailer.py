"""Runs inside the web process: hears what other processes wrote, and keeps the clock.

On the embedded default the channel layer lives in this process, so an engine's or a worker's bell does
not reach the browsers here. The tailer compares the heads of the logs with what was rung and rings for
the rest. It is also the clock's home: an engine is busy for a good part of a second at a time, and whoever
waits for a reply is connected here. Its thread is its own, so that nobody's message waits behind it.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Q
from django.utils import timezone

from . import broadcast, clock
from .changes import Watch
from .models import Session

log = structlog.get_logger(__name__)


def _heads() -> dict[str, int]:
    """The head of every room that is open or ended a moment ago."""
    recent = Q(ended_at=None) | Q(ended_at__gt=timezone.now() - timedelta(seconds=30))
    return {str(key): head for key, head in Session.objects.filter(recent).values_list("public_id", "head")}


class Tailer(threading.Thread):
    """Rings on the event loop that serves this process's sockets."""

    def __init__(self) -> None:
        super().__init__(name="tailer", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        """Until ``stopping`` is set. A failing database delays, and does not end, the thread."""
        watch = Watch(anyway_s=clock.TURNS_EVERY_S)
        keeper = clock.Clock()
        while not self.stopping.is_set():
            try:
                self._ring()
                keeper.go_on()
                watch.wait(self.stopping)
            except DatabaseError as error:
                log.error("tailer_database", error=str(error))
                close_old_connections()
                self.stopping.wait(clock.TURNS_EVERY_S)
        connection.close()

    def _ring(self) -> None:
        heads = _heads()
        for public_id, head in heads.items():
            broadcast.ring(public_id, head)
        for gone in broadcast.rung.keys() - heads.keys():
            broadcast.rung.pop(gone, None)


@contextlib.asynccontextmanager
async def tailing() -> AsyncIterator[None]:
    """The tailer runs while the context is open."""
    tailer = Tailer()
    with broadcast.ringing_on(asyncio.get_running_loop()):
        tailer.start()
        try:
            yield
        finally:
            tailer.stopping.set()
            await asyncio.to_thread(tailer.join)
