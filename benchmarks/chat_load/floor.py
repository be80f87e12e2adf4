"""The floor: a bare Channels echo consumer. ``uvicorn benchmarks.chat_load.floor:application``."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

import django

django.setup()

from channels.generic.websocket import JsonWebsocketConsumer  # noqa: E402 (needs the settings)
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class Echo(JsonWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """Answers every frame with an acknowledgement of it, and does nothing else."""

    def receive_json(self, content: dict[str, Any], **_: Any) -> None:
        self.send_json({"type": "ack", "txn": content["txn"], "text": content["text"]})


application = ProtocolTypeRouter({"websocket": URLRouter([path("echo/", Echo.as_asgi())])})
