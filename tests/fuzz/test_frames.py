"""Nonsense on both websockets: each frame is answered or refused by name, and the socket goes on."""

import json
import tracemalloc
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from simulator.models import Session
from simulator.services.message import message_post
from tests.cast import Cast, make_cast
from tests.contracts.test_socket_matrix import ANYWHERE, ROOM_FRAMES, TEACHER_FRAMES
from tests.fuzz import nasty
from tests.fuzz.amount import no_hang, tries
from tests.sockets import Socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KNOWN = {"/ws/session/{}/": TEACHER_FRAMES, "/ws/console/": ROOM_FRAMES | ANYWHERE}
NAMES = sorted({name for kinds in KNOWN.values() for fields in kinds.values() for name in fields})
GROWTH = 1024 * 1024


@pytest.fixture(autouse=True)
def _without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody types so fast."""
    monkeypatch.setattr("simulator.consumers.base.FRAMES_PER_WINDOW", 1_000_000)


@st.composite
def frames(draw: st.DrawFn, kinds: dict[str, dict[str, Any]]) -> object:
    """A known frame with some of its fields changed, or anything else that JSON can say."""
    kind = draw(st.sampled_from(sorted(kinds)))
    changed = draw(st.dictionaries(st.sampled_from([*NAMES, "type"]), nasty.json, max_size=3))
    return draw(st.one_of(st.just({"type": kind, **kinds[kind], **changed}), nasty.json))


def in_room(frame: object, session: Session) -> object:
    """The frame with the session's id where the table has S."""
    if isinstance(frame, dict):
        return {key: str(session.public_id) if value == "S" else value for key, value in frame.items()}
    return frame


@database_sync_to_async
def room() -> tuple[Cast, Session]:
    cast = make_cast()
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text="Why is that?")
    return cast, session


async def answers(socket: Socket, said: str) -> list[str]:
    """The types of the answers, up to the pong that shows that the socket still listens."""
    await socket.send_to(text_data=said)
    await socket.send_to(text_data='{"type": "ping"}')
    found: list[str] = []
    while "pong" not in found:
        found.append((await socket.receive_json_from(timeout=20))["type"])
    return found


async def talk(cast: Cast, session: Session, path: str, said: list[str]) -> None:
    socket = Socket(path.format(session.public_id), cast.tess if "session" in path else cast.will)
    await socket.connect(timeout=30)
    for one in said:
        found = await answers(socket, one)
        assert set(found) <= {"pong", "err", "ack", "batch", "welcome", "room", "typing"}
    await socket.disconnect()


@pytest.mark.parametrize("path", KNOWN)
def test_nonsense_is_answered_and_the_socket_goes_on(path: str):
    cast, session = async_to_sync(room)()

    @tries(8)
    @given(st.lists(frames(KNOWN[path]), min_size=1, max_size=20))
    def say(drawn: list[object]) -> None:
        said = [json.dumps(in_room(frame, session)) for frame in drawn]
        with no_hang():
            async_to_sync(talk)(cast, session, path, [one for one in said if len(one) < 60_000])

    say()


@pytest.mark.parametrize(
    "said", [" ", "[", "{" * 5000, '{"type": ' + "[" * 30_000, "\0", '"x"', "NaN", "9" * 5000]
)
def test_what_is_no_frame_is_refused_by_name(said: str):
    async def ask() -> None:
        cast, session = await room()
        socket = Socket(f"/ws/session/{session.public_id}/", cast.tess)
        await socket.connect(timeout=30)
        await socket.send_to(text_data=said)
        assert (await socket.receive_json_from(timeout=20))["code"] == "frame_invalid"
        await socket.disconnect()

    async_to_sync(ask)()


@pytest.mark.parametrize("path", KNOWN)
def test_refused_frames_leave_no_memory_behind(path: str):
    """A socket that is fed three megabytes of nonsense keeps less than one of them."""
    cast, session = async_to_sync(room)()
    said = json.dumps({"type": "claim", "session": "x" * 36, "turn": -1, "more": "y" * 20_000})

    async def grown() -> int:
        socket = Socket(path.format(session.public_id), cast.tess if "session" in path else cast.will)
        await socket.connect(timeout=30)
        for _ in range(20):  # caches fill
            await answers(socket, said)
        tracemalloc.start()
        for _ in range(150):
            await answers(socket, said)
        kept, _peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await socket.disconnect()
        return kept

    assert async_to_sync(grown)() < GROWTH
