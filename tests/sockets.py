"""Websocket clients inside the test's own process, through the real ASGI routing."""

from typing import Any

from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from simulator.models import Session, User
from simulator.routing import websocket_urlpatterns


class Socket(WebsocketCommunicator):
    """A browser tab of a person."""

    def __init__(self, path: str, user: Any) -> None:
        super().__init__(URLRouter(websocket_urlpatterns), path)
        self.scope["user"] = user

    async def say(self, **frame: Any) -> None:
        await self.send_json_to(frame)

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this type (and with these fields); others are passed over."""
        while True:
            frame: dict[str, Any] = await self.receive_json_from(timeout=20)
            if frame["type"] == kind and all(frame.get(key) == value for key, value in fields.items()):
                return frame


async def open_teacher(
    user: User, session: Session, *, client: str = "tab", cursor: str | None = None
) -> Socket:
    socket = Socket(f"/ws/session/{session.public_id}/", user)
    await socket.connect(timeout=30)
    await socket.say(type="hello", client=client, cursor=cursor)
    return socket


async def open_console(user: User) -> Socket:
    socket = Socket("/ws/console/", user)
    await socket.connect(timeout=30)
    await socket.say(type="hello", client="console")
    return socket
