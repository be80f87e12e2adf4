"""The teacher's socket."""

import json

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from simulator import clock
from simulator.services import supervision
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import make_cast
from tests.sockets import Socket, open_teacher

pytestmark = [pytest.mark.django_db(transaction=True)]
cast_made = database_sync_to_async(make_cast)
ALLOWED = {
    "welcome": {"type", "server_time", "deadline_at", "student", "ended"},
    "batch": {"type", "cursor", "reset", "events", "typing", "may_send", "ended", "picture"},
    "ack": {"type", "txn", "id"},
    "pong": {"type", "server_time", "cursor"},
}


def answer(joint: float, by=None) -> None:
    """Let the engine's outcome, and a supervisor's reply when one is needed, happen."""
    (turn,) = turns_take(engine="engine:test", limit=1)
    candidate = {"text": "Six.", "source": "rule", "score": 0.9, "rule": "r", "effects": []}
    turn_predict(turn=turn, prediction=Prediction({}, [candidate], [], joint, 0.35, "test", 30, 1, "v1", 3))
    if by is not None:
        turn.refresh_from_db()
        supervision.turn_decide(
            session=turn.session,
            number=turn.number,
            user=by,
            decision=supervision.Decision(client="c", txn="d", epoch=turn.epoch, action="pick", candidate=0),
        )
    clock.tick()


async def test_a_message_is_acknowledged_and_comes_back_with_its_txn():
    cast = await cast_made()
    session = await database_sync_to_async(cast.session)()
    socket = await open_teacher(cast.tess, session)
    await socket.until("batch", reset=True)
    await socket.say(type="send", txn="m1", text="Hello Maya")
    ack = await socket.until("ack", txn="m1")
    batch = await socket.until("batch")
    assert batch["events"][0]["id"] == ack["id"]
    assert batch["events"][0]["txn"] == "m1"
    assert (batch["typing"], batch["may_send"]) == (True, False)
    await socket.disconnect()


async def test_a_resumed_browser_gets_what_it_missed_and_nothing_twice():
    cast = await cast_made()
    session = await database_sync_to_async(cast.session)()
    first = await open_teacher(cast.tess, session)
    await first.until("batch", reset=True)
    await first.say(type="send", txn="m1", text="Hello Maya")
    cursor = (await first.until("batch"))["cursor"]
    await first.disconnect()
    await database_sync_to_async(answer)(0.1)
    second = await open_teacher(cast.tess, session, cursor=cursor)
    batch = await second.until("batch")
    assert not batch["reset"]
    assert [event["payload"]["text"] for event in batch["events"]] == ["Six."]
    await second.disconnect()


async def test_an_unknown_cursor_is_answered_with_everything():
    cast = await cast_made()
    session = await database_sync_to_async(cast.session)()
    for cursor in (None, "nonsense", "00000000-0000-7000-8000-000000000000"):
        socket = await open_teacher(cast.tess, session, cursor=cursor)
        batch = await socket.until("batch")
        assert batch["reset"]
        assert [event["type"] for event in batch["events"]] == ["session.started"]
        await socket.disconnect()


async def test_frames_are_the_same_whoever_answered():
    cast = await cast_made()
    shapes = []
    for by in (None, cast.will):
        session = await database_sync_to_async(cast.session)()
        socket = await open_teacher(cast.tess, session)
        await socket.until("batch", reset=True)
        await socket.say(type="send", txn="m1", text="How long is the blue one?")
        await socket.until("ack")
        await socket.until("batch")
        await database_sync_to_async(answer)(0.1 if by is None else 0.9, by)
        reply = await socket.until("batch", may_send=True)
        assert set(reply) == ALLOWED["batch"]
        assert set(reply["events"][0]) == {"id", "type", "persona", "ts", "payload"}
        assert "will" not in json.dumps(reply).lower()
        assert await socket.receive_nothing(timeout=0.2)
        shapes.append((sorted(reply), sorted(reply["events"][0]), reply["events"][0]["payload"]))
        await socket.disconnect()
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(
    "frame",
    [
        "no json",
        "[]",
        '"text"',
        '{"type": "fly"}',
        '{"type": "send"}',
        '{"type": "send", "txn": "a b", "text": "x"}',
        '{"type": "send", "txn": "a", "text": 7}',
        '{"type": "send", "txn": "a", "text": "x", "actor": "user:1"}',
        '{"type": "claim", "session": "x", "turn": 1}',
        "[" * 5000,
    ],
)
async def test_a_wrong_frame_gets_an_error_and_the_socket_lives(frame: str):
    cast = await cast_made()
    session = await database_sync_to_async(cast.session)()
    socket = await open_teacher(cast.tess, session)
    await socket.until("batch")
    await socket.send_to(text_data=frame)
    assert (await socket.until("err"))["code"] == "frame_invalid"
    await socket.say(type="ping")
    assert set(await socket.until("pong")) == ALLOWED["pong"]
    await socket.disconnect()


async def test_a_huge_frame_closes_the_socket():
    cast = await cast_made()
    session = await database_sync_to_async(cast.session)()
    socket = await open_teacher(cast.tess, session)
    await socket.until("batch")
    await socket.send_to(text_data='{"type": "send", "text": "' + "x" * 70_000 + '"}')
    assert (await socket.receive_output(timeout=5))["code"] == 1009


async def test_only_the_sessions_teacher_may_open_it():
    cast = await cast_made()
    session = await database_sync_to_async(cast.session)()
    path = f"/ws/session/{session.public_id}/"
    expected = {
        cast.theo: 4404,
        cast.oscar: 4404,
        cast.will: 4403,
        cast.ana: 4403,
        cast.rosa: 4403,
        AnonymousUser(): 4403,
    }
    for user, code in expected.items():
        socket = Socket(path, user)
        await socket.connect(timeout=30)
        assert (await socket.receive_output(timeout=5))["code"] == code
    for address in ("no-uuid", "00000000-0000-4000-8000-000000000000"):
        socket = Socket(f"/ws/session/{address}/", cast.tess)
        await socket.connect(timeout=30)
        assert (await socket.receive_output(timeout=5))["code"] == 4404
