"""The bell: tells consumers that a session's log has grown. The only caller of group_send.

It carries no data, so a lost bell costs delay and nothing else.
"""

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


def session_group(public_id: object) -> str:
    return f"session.{public_id}"


async def _send(group: str, message: dict[str, Any]) -> None:
    """Send, or log that the channel layer is down: heartbeats make up for a lost bell."""
    try:
        await get_channel_layer().group_send(group, message)
    except Exception as error:  # any backend error: Redis down, full channel
        log.warning("bell_lost", group=group, error=str(error))


async def aring(public_id: object, head: int) -> None:
    """Ring for a session whose log has grown to ``head``."""
    rung[str(public_id)] = max(head, rung.get(str(public_id), 0))
    await _send(session_group(public_id), {"type": "log.grew"})
    await _send(CONSOLE_GROUP, {"type": "log.grew", "session": str(public_id)})


def ring_after_commit(session: Session) -> None:
    """Ring once the transaction has committed; one bell for all the events in it."""

    def ring() -> None:
        if rung.get(str(session.public_id), 0) < session.head:
            async_to_sync(aring)(session.public_id, session.head)

    transaction.on_commit(ring)


def teacher_typing(public_id: object) -> None:
    async_to_sync(_send)(CONSOLE_GROUP, {"type": "teacher.typing", "session": str(public_id)})
