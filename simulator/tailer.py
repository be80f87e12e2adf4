"""Runs inside the web process: hears what other processes wrote, and keeps the clock.

On the embedded default the channel layer lives in this process, so an engine's or a worker's bell does
not reach the browsers here. The tailer compares the heads of the logs with what was rung and rings for
the rest. It is also the clock's home: an engine is busy for a good part of a second at a time, and whoever
waits for a reply is connected here.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from . import clock
from .broadcast import aring, rung
from .models import Session

log = structlog.get_logger(__name__)
CLOCK_EVERY_S = 0.1


def _heads() -> dict[str, int]:
    """The head of every room that is open or ended a moment ago."""
    recent = Q(ended_at=None) | Q(ended_at__gt=timezone.now() - timedelta(seconds=30))
    return {str(key): head for key, head in Session.objects.filter(recent).values_list("public_id", "head")}


async def tail() -> None:
    """Ring for every session whose log another process has grown, until cancelled."""
    next_clock = 0.0
    loop = asyncio.get_running_loop()
    while True:
        try:
            heads = await database_sync_to_async(_heads)()
            for public_id, head in heads.items():
                if rung.get(public_id, 0) < head:
                    await aring(public_id, head)
            for gone in rung.keys() - heads.keys():
                del rung[gone]
            if loop.time() >= next_clock:
                await database_sync_to_async(clock.tick)()
                next_clock = loop.time() + CLOCK_EVERY_S
        except DatabaseError as error:
            log.error("tailer_database", error=str(error))
        await asyncio.sleep(settings.ACTS_ENGINE_TICK_S)


@contextlib.asynccontextmanager
async def tailing() -> AsyncIterator[None]:
    """The tailer runs while the context is open."""
    task = asyncio.create_task(tail())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
