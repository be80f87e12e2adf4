"""The supervisors' socket."""

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from simulator.services.message import message_post
from simulator.services.turn import Prediction, turn_predict, turns_take
from tests.cast import Cast, make_cast
from tests.sockets import Socket, open_console

pytestmark = [pytest.mark.django_db(transaction=True)]
cast_made = database_sync_to_async(make_cast)


def _unsure_turn(cast: Cast):
    session = cast.session()
    message_post(session=session, teacher=cast.tess, client="tab", txn="m1", text="Why is that?")
    (turn,) = turns_take(engine="engine:test", limit=1)
    candidates = [
        {"text": "Because I added.", "source": "rule", "score": 0.6, "rule": "why", "effects": []},
        {"text": "I don't know.", "source": "generic", "score": 0.1, "rule": "", "effects": []},
    ]
    stage = {"name": "dialogue_act", "label": "Pump/Clarification", "confidence": 0.5, "uncertainty": 0.8}
    turn_predict(turn=turn, prediction=Prediction({}, candidates, [stage], 0.9, 0.35, "t", 30, 1, "v1", 3))
    return session


unsure_turn = database_sync_to_async(_unsure_turn)


async def test_the_console_shows_every_room_of_the_study():
    cast = await cast_made()
    session = await unsure_turn(cast)
    socket = await open_console(cast.will)
    (room,) = (await socket.until("welcome"))["rooms"]
    assert room["session"] == str(session.public_id)
    assert room["turn"]["status"] == "backup_wait"
    await socket.disconnect()


async def test_a_watched_room_shows_candidates_and_uncertainty():
    cast = await cast_made()
    session = await unsure_turn(cast)
    socket = await open_console(cast.will)
    await socket.say(type="watch", session=str(session.public_id))
    batch = await socket.until("batch")
    assert batch["reset"]
    assert [candidate["text"] for candidate in batch["turn"]["candidates"]] == [
        "Because I added.",
        "I don't know.",
    ]
    assert batch["turn"]["joint"] == 0.9
    assert batch["picture"].startswith("<svg")
    await socket.disconnect()


async def test_claim_reject_and_decide_reach_the_teacher():
    cast = await cast_made()
    session = await unsure_turn(cast)
    where = {"session": str(session.public_id), "turn": 1}
    socket = await open_console(cast.will)
    await socket.say(type="claim", **where)
    epoch = (await socket.until("ack", **{"for": "claim"}))["epoch"]
    await socket.say(type="shown", **where)
    await socket.say(type="reject", epoch=epoch, candidate=1, reason="too vague", **where)
    await socket.until("ack", **{"for": "reject"})
    await socket.say(
        type="decide",
        txn="d1",
        epoch=epoch,
        action="edit",
        candidate=0,
        text="I added 6.",
        elapsed_ms=900,
        **where,
    )
    await socket.until("ack", **{"for": "decide"})
    events = {event.type: event async for event in session.events.all()}
    assert events["turn.shown"].payload["candidates"] == 2
    assert events["turn.candidate_rejected"].payload["reason"] == "too vague"
    assert events["turn.decided"].payload["before"] == "Because I added."
    assert events["turn.decided"].payload["elapsed_ms"] == 900
    assert events["message.posted"].payload["text"] == "I added 6."
    await socket.disconnect()


async def test_of_two_consoles_the_second_claim_is_refused():
    cast = await cast_made()
    session = await unsure_turn(cast)
    where = {"session": str(session.public_id), "turn": 1}
    one, two = await open_console(cast.will), await open_console(cast.wanda)
    await one.say(type="claim", **where)
    await one.until("ack")
    await two.say(type="claim", **where)
    assert (await two.until("err"))["code"] == "turn_held"
    await one.disconnect()
    await two.disconnect()


async def test_rooms_of_another_study_do_not_exist():
    cast = await cast_made()
    foreign = await database_sync_to_async(cast.session)(cast.oscar)
    socket = await open_console(cast.will)
    assert (await socket.until("welcome"))["rooms"] == []
    for frame in ("watch", "seize", "hand_back", "stop"):
        await socket.say(type=frame, session=str(foreign.public_id))
        assert (await socket.until("err"))["code"] == "not_found"
    await socket.disconnect()


async def test_only_supervisors_and_researchers_may_open_the_console():
    cast = await cast_made()
    for user in (cast.tess, cast.ana, AnonymousUser()):
        socket = Socket("/ws/console/", user)
        await socket.connect(timeout=30)
        assert (await socket.receive_output(timeout=5))["code"] == 4403
    socket = await open_console(cast.rosa)
    assert (await socket.until("welcome"))["you"]["name"] == "Rosa"
    await socket.disconnect()
