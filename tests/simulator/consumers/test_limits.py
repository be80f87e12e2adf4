"""How many frames a person may send, however many sockets they open."""

import pytest
from channels.db import database_sync_to_async

from simulator.consumers.base import FRAMES_PER_WINDOW
from tests.cast import Cast, make_cast
from tests.sockets import Socket, open_teacher

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine, too, sends them all within the window."""
    monkeypatch.setattr("simulator.consumers.base.WINDOW_S", 120.0)


async def pinged(socket: Socket, times: int) -> list[str]:
    """What each ping is answered with: pong, or the code of the refusal."""
    found = []
    for _ in range(times):
        await socket.say(type="ping")
        while (answer := await socket.receive_json_from(timeout=20))["type"] not in ("pong", "err"):
            pass
        found.append(answer.get("code", "pong"))
    return found


@database_sync_to_async
def two_rooms() -> tuple[Cast, list]:
    cast = make_cast()
    return cast, [cast.session(), cast.session()]


async def test_sockets_of_one_person_count_together_and_those_of_another_do_not():
    cast, (first, second) = await two_rooms()
    one, other = await open_teacher(cast.tess, first), await open_teacher(cast.tess, second)
    left = FRAMES_PER_WINDOW - 2  # each has said hello
    assert await pinged(one, left // 2) == ["pong"] * (left // 2)
    assert await pinged(other, left - left // 2 + 1) == ["pong"] * (left - left // 2) + ["rate_limited"]
    assert await pinged(one, 1) == ["rate_limited"]
    again = Socket(f"/ws/session/{first.public_id}/", cast.tess)
    await again.connect(timeout=30)
    assert await pinged(again, 1) == ["rate_limited"]
    will = Socket("/ws/console/", cast.will)
    await will.connect(timeout=30)
    assert await pinged(will, 1) == ["pong"]
    for socket in (one, other, again, will):
        await socket.disconnect()


async def test_a_refused_message_is_not_stored_and_may_be_sent_again(monkeypatch: pytest.MonkeyPatch):
    cast, (session, _) = await two_rooms()
    socket = await open_teacher(cast.tess, session)
    await socket.until("batch", reset=True)
    monkeypatch.setattr("simulator.consumers.base.FRAMES_PER_WINDOW", 1)
    await socket.say(type="send", txn="m1", text="Why?")
    refusal = await socket.until("err")
    assert (refusal["code"], refusal["retryable"]) == ("rate_limited", True)
    assert await database_sync_to_async(session.turns.count)() == 0
    monkeypatch.setattr("simulator.consumers.base.FRAMES_PER_WINDOW", 60)
    await socket.say(type="send", txn="m1", text="Why?")
    await socket.until("ack", txn="m1")
    await socket.disconnect()
