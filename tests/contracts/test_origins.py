"""Pages of other sites cannot use a visitor's cookies on the websockets."""

import pytest
from channels.testing import WebsocketCommunicator
from django.test import Client

from config.asgi import application
from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True)
OWN, FOREIGN = "http://localhost", ("http://evil.example", "https://localhost.evil.example", "null", "", None)


def headers(cookie: str, origin: str | None) -> list[tuple[bytes, bytes]]:
    found = [(b"host", b"localhost"), (b"cookie", f"sessionid={cookie}".encode())]
    return found + ([(b"origin", origin.encode())] if origin is not None else [])


async def opens(path: str, cookie: str, origin: str | None) -> bool:
    socket = WebsocketCommunicator(application, path, headers(cookie, origin))
    connected, _code = await socket.connect(timeout=20)
    await socket.disconnect()
    return bool(connected)


@pytest.fixture
def visitors() -> dict[str, str]:
    """Path to the session cookie of somebody who may open it."""
    cast = make_cast()
    session = cast.session()
    found = {}
    for path, person in ((f"/ws/session/{session.public_id}/", cast.tess), ("/ws/console/", cast.will)):
        client = Client()
        client.force_login(person)
        found[path] = client.cookies["sessionid"].value
    return found


async def test_only_the_products_own_pages_open_a_socket(visitors: dict[str, str]):
    for path, cookie in visitors.items():
        assert await opens(path, cookie, OWN)
        assert [origin for origin in FOREIGN if await opens(path, cookie, origin)] == []
