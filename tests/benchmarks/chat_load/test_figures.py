"""The floor echoes, and the summary compares what it says it compares."""

import pytest
from channels.testing import WebsocketCommunicator

from benchmarks.chat_load.floor import application
from benchmarks.chat_load.measure import summary


@pytest.mark.django_db  # the consumer's thread looks after connections, as those of the product do
async def test_the_floor_acknowledges_what_it_is_sent():
    socket = WebsocketCommunicator(application, "/echo/")
    await socket.connect(timeout=30)
    await socket.send_json_to({"type": "send", "txn": "t1", "text": "How long is it?"})
    answer = await socket.receive_json_from(timeout=30)
    assert answer == {"type": "ack", "txn": "t1", "text": "How long is it?"}
    await socket.disconnect()


def figures(ack: float, floor: float, share: float) -> dict[str, object]:
    return {"ack_ms": {"p95": ack}, "floor_ms": {"p95": floor}, "cpu_share_per_room": share}


def test_the_summary_is_about_fifty_rooms_and_about_ten_against_the_most():
    found = {
        "1": figures(9, 1, 0.9),
        "10": figures(8, 1, 0.02),
        "50": figures(6, 2, 0.03),
        "200": figures(9, 9, 0.025),
    }
    assert summary(found) == {"ack_p95_over_floor": 3.0, "cost_growth_10_200": 1.25}
