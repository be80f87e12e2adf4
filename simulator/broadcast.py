"""The bell: tells consumers that a session's log has grown. The only caller of group_send.

It carries no data, so a lost bell costs delay and nothing else.
"""

from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

log = structlog.get_logger(__name__)
CONSOLE_GROUP = "console"


def session_group(public_id: object) -> str:
    return f"session.{public_id}"


async def _send(group: str, message: dict[str, Any]) -> None:
    """Send, or log that the channel layer is down: heartbeats make up for a lost bell."""
    try:
        await get_channel_layer().group_send(group, message)
    except Exception as error:  # any backend error: Redis down, full channel
        log.warning("bell_lost", group=group, error=str(error))


async def aring(public_id: object) -> None:
    """Ring for a session now."""
    await _send(session_group(public_id), {"type": "log.grew"})
    await _send(CONSOLE_GROUP, {"type": "log.grew", "session": str(public_id)})


def ring_after_commit(public_id: object) -> None:
    transaction.on_commit(lambda: async_to_sync(aring)(public_id))


def teacher_typing(public_id: object) -> None:
    async_to_sync(_send)(CONSOLE_GROUP, {"type": "teacher.typing", "session": str(public_id)})
