"""Where requests and websockets come in, and what runs beside them in the web process."""

import os
import sys
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

# WhiteNoise streams small files synchronously: docs/decisions/0011-static-files.md.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
get_asgi_application()  # loads the apps

from config.handler import PooledHandler  # noqa: E402

http = PooledHandler()

from simulator.routing import websocket_urlpatterns  # noqa: E402 (needs the apps to be loaded)
from simulator.tailer import tailing  # noqa: E402

SWITCH_S = 0.0005  # a thread that computes hands over after it: ten times as soon as Python's own 5 ms

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def lifespan(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Keep the tailer running from the server's start to its end."""
    await receive()
    sys.setswitchinterval(SWITCH_S)  # so that a message does not wait for a page that is drawn
    async with tailing():
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "lifespan": lifespan,
    }
)
