"""The bell: tells consumers that a session's log has grown. The only caller of group_send.

It carries no data, so a lost bell costs delay and nothing else. In a web process nobody waits for it: it is
rung on the event loop that serves the sockets, while whoever wrote goes on.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from .models import Session

log = structlog.get_logger(__name__)
CONSOLE_GROUP = "console"

# The newest head that this process has rung for, so that the tailer does not ring for it once more.
rung: dict[str, int] = {}
_loop: asyncio.AbstractEventLoop | None = None  # that serves this process's sockets, if it has any


@contextlib.contextmanager
def ringing_on(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Bells ring on this loop while the context is open."""
    global _loop
    _loop = loop
    try:
        yield
    finally:
        _loop = None


def session_group(public_id: object) -> str:
    return f"session.{public_id}"


async def _send(group: str, message: dict[str, Any]) -> None:
    """Send, or log that the channel layer is down: heartbeats make up for a lost bell."""
    try:
        await get_channel_layer().group_send(group, message)
    except Exception as error:  # any backend error: Redis down, full channel
        log.warning("bell_lost", group=group, error=str(error))


async def _ring(public_id: str) -> None:
    await _send(session_group(public_id), {"type": "log.grew"})
    await _send(CONSOLE_GROUP, {"type": "log.grew", "session": public_id})


def ring(public_id: str, head: int) -> None:
    """Ring for a session whose log has grown to ``head``, unless that was done."""
    if rung.get(public_id, 0) >= head:
        return
    rung[public_id] = head
    if _loop is not None and _loop.is_running():
        asyncio.run_coroutine_threadsafe(_ring(public_id), _loop)
    else:
        async_to_sync(_ring)(public_id)


def ring_after_commit(session: Session) -> None:
    """Ring once the transaction has committed; one bell for all the events in it."""
    transaction.on_commit(lambda: ring(str(session.public_id), session.head))


def teacher_typing(public_id: object) -> None:
    async_to_sync(_send)(CONSOLE_GROUP, {"type": "teacher.typing", "session": str(public_id)})
