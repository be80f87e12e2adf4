"""Who may say what on which websocket, frame kind by frame kind. A kind that is not in the table fails."""

from typing import Any, get_args

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from simulator import protocol
from simulator.models import Role, User
from simulator.services.message import message_post
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import Cast, make_cast
from tests.sockets import Socket

pytestmark = [pytest.mark.django_db(transaction=True)]
NOT_ALLOWED, NOT_FOUND, OPEN = 4403, 4404, "open"

WHO_OPENS = {
    "/ws/session/{session}/": {
        "nobody": NOT_ALLOWED, "tess": OPEN, "theo": NOT_FOUND, "will": NOT_ALLOWED, "ana": NOT_ALLOWED,
        "rosa": NOT_ALLOWED, "oscar": NOT_FOUND, "olga": NOT_ALLOWED,
    },
    "/ws/console/": {
        "nobody": NOT_ALLOWED, "tess": NOT_ALLOWED, "theo": NOT_ALLOWED, "will": OPEN, "ana": NOT_ALLOWED,
        "rosa": OPEN, "oscar": NOT_ALLOWED, "olga": OPEN,
    },
}  # fmt: skip

TEACHER_FRAMES: dict[str, dict[str, Any]] = {
    "hello": {"client": "tab", "cursor": None},
    "send": {"txn": "m2", "text": "And the red one?"},
    "typing": {},
    "ping": {},
}
# Frames of the console that name a room; S stands for it, and the turn waits under epoch 2.
ROOM_FRAMES: dict[str, dict[str, Any]] = {
    "watch": {"session": "S", "cursor": None},
    "claim": {"session": "S", "turn": 1},
    "shown": {"session": "S", "turn": 1},
    "release": {"session": "S", "turn": 1, "epoch": 2},
    "reject": {"session": "S", "turn": 1, "epoch": 2, "candidate": 0, "reason": "odd"},
    "repair": {"txn": "r", "session": "S", "turn": 1, "epoch": 2, "dialogue_act": "Pump/Value"},
    "decide": {"txn": "d", "session": "S", "turn": 1, "epoch": 2, "action": "pick", "candidate": 0},
    "seize": {"session": "S"},
    "hand_back": {"session": "S"},
    "set_mode": {"session": "S", "mode": "verify"},
    "stop": {"session": "S"},
}
ANYWHERE = {"hello": {"client": "console"}, "ping": {}}


def kinds_of(union: Any) -> set[str]:
    return {get_args(frame.model_fields["type"].annotation)[0] for frame in get_args(union)}


def test_every_kind_of_frame_is_in_the_table():
    assert kinds_of(protocol.TeacherFrame) == set(TEACHER_FRAMES)
    assert kinds_of(protocol.ConsoleFrame) == set(ROOM_FRAMES) | set(ANYWHERE)


@database_sync_to_async
def waiting_room() -> tuple[Cast, dict[str, Any], str]:
    """A session of Tess with a turn that waits for a supervisor, and everybody who may try."""
    cast = make_cast()
    olga = User.objects.create_user("olga", role=Role.SUPERVISOR, display_name="Olga")
    cast.other_study.members.add(olga)
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text="Why is that?")
    (turn,) = turns_take(engine="engine:test", limit=1)
    candidate = {"text": "I added.", "source": "rule", "score": 0.6, "rule": "r", "effects": []}
    turn_predict(turn=turn, prediction=Prediction({}, [candidate], [], 0.9, 0.35, "t", 30, 1, "v1", 3))
    names = ("tess", "theo", "will", "ana", "rosa", "oscar")
    people = {"nobody": AnonymousUser(), "olga": olga} | {name: getattr(cast, name) for name in names}
    return cast, people, str(session.public_id)


async def opened(path: str, user: Any) -> tuple[Socket, int | str]:
    """A socket and what became of it: open, or its close code."""
    socket = Socket(path, user)
    await socket.connect(timeout=30)
    if await socket.receive_nothing(timeout=0.1):
        return socket, OPEN
    closed = await socket.receive_output()
    return socket, int(closed["code"])


@pytest.mark.parametrize("path", WHO_OPENS)
async def test_who_may_open_a_socket(path: str):
    _cast, people, session = await waiting_room()
    found = {}
    for name, user in people.items():
        socket, found[name] = await opened(path.format(session=session), user)
        await socket.disconnect()
    assert found == WHO_OPENS[path]


async def outcome(socket: Socket, frame: dict[str, Any]) -> str:
    """How the server took a frame: the type of its direct answer, or the code of its error."""
    await socket.say(**frame)
    await socket.say(type="ping")
    answers = []
    while True:
        answer = await socket.receive_json_from(timeout=5)
        if answer["type"] == "err":
            return str(answer["code"])
        if answer["type"] == "pong":
            return answers[0] if answers else "nothing"
        answers.append(answer["type"])


@pytest.mark.parametrize("kind", ROOM_FRAMES)
async def test_a_supervisor_of_the_study_may_and_one_of_another_finds_no_room(kind: str):
    _cast, people, session = await waiting_room()
    fields = {key: session if value == "S" else value for key, value in ROOM_FRAMES[kind].items()}
    found = {}
    for name in ("olga", "will"):
        socket = Socket("/ws/console/", people[name])
        await socket.connect(timeout=30)
        found[name] = await outcome(socket, {"type": kind, **fields})
        await socket.disconnect()
    assert found == {"olga": "not_found", "will": "batch" if kind == "watch" else "ack"}


@pytest.mark.parametrize("kind", sorted(set(ROOM_FRAMES) - {"hello"}))
async def test_a_teacher_cannot_say_what_a_supervisor_says(kind: str):
    _cast, people, session = await waiting_room()
    fields = {key: session if value == "S" else value for key, value in ROOM_FRAMES[kind].items()}
    socket = Socket(f"/ws/session/{session}/", people["tess"])
    await socket.connect(timeout=30)
    assert await outcome(socket, {"type": kind, **fields}) == "frame_invalid"
    await socket.disconnect()


@pytest.mark.parametrize("kind", ["send", "typing"])
async def test_a_supervisor_cannot_speak_as_the_teacher(kind: str):
    _cast, people, _session = await waiting_room()
    socket = Socket("/ws/console/", people["will"])
    await socket.connect(timeout=30)
    assert await outcome(socket, {"type": kind, **TEACHER_FRAMES[kind]}) == "frame_invalid"
    await socket.disconnect()
