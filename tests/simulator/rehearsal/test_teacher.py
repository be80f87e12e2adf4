"""A recorded teacher takes a turn for over when its reply is there, wherever the line was cut."""

import asyncio
from collections.abc import Callable

import pytest
from django.urls import reverse

from simulator.rehearsal.browser import Browser
from simulator.rehearsal.ledger import Ledger
from simulator.rehearsal.teacher import Script, Teacher
from tests.live import Live
from tests.live_scenarios import SURE
from tests.ws_client import Visitor

pytestmark = pytest.mark.slow
REPLIES = """
    select e.id from simulator_event e join simulator_session s on s.id = e.session_id
    where s.public_id = ? and e.type = 'message.posted' and e.persona = 'student'
"""


class CutBeforeSending(Teacher):
    """The message goes out on a new line, right after a hello that is answered by "you may send"."""

    whole = True

    async def _say(self, *, cut: bool = False) -> None:
        if self.whole:
            self._line.cut()
        self.whole = False
        await super()._say(cut=cut)


async def rehearse(live: Live, key: str, ledger: Ledger) -> set[str]:
    """Play one line; the ids that had come when the teacher took the turn for over."""
    async with Browser(live.url, session_key=key) as browser:
        script = Script(ledger.session, ["How long is the red rectangle?"], 60.0, drop_share=0.0, seed=1)
        teacher = CutBeforeSending(browser, script, ledger, lambda: None)
        await teacher.play()
        received = {event.replace("-", "") for event in ledger.received}
        await teacher.leave(reverse("session-end", args=[ledger.session]))
    return received


def test_a_line_cut_before_sending_does_not_end_the_turn_early(live: Live, visit: Callable[[str], Visitor]):
    theo = visit("theo")
    ledger = Ledger(theo.begin(SURE))
    received = asyncio.run(rehearse(live, theo.http.cookies["sessionid"], ledger))
    assert received & {reply for (reply,) in live.rows(REPLIES, ledger.session.replace("-", ""))}
