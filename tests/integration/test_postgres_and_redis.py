"""The promises hold past one machine: PostgreSQL, Redis, two web servers and an engine, each a process."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.integration.servers import Web, postgres, redis, running, settings_for, web
from tests.live import ROOT, eventually
from tests.live_scenarios import SURE, UNSURE
from tests.ws_client import ConsoleTab, TeacherTab, Visitor

pytestmark = pytest.mark.slow
COUNTS = """
    select e.type, e.persona, count(*) from simulator_event e join simulator_session s on s.id = e.session_id
    where s.public_id::text = ? and e.type = 'message.posted' group by 1, 2 order by 2
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Web, Web]]:
    """Two web servers that know each other through the database and Redis only, and an engine."""
    var = tmp_path_factory.mktemp("var")
    with ExitStack() as stack:
        database_url = stack.enter_context(postgres())
        settings = settings_for(var, database_url, stack.enter_context(redis()))
        subprocess.run([sys.executable, "-m", "tests.live_setup"], cwd=ROOT, env=settings, check=True)
        first = stack.enter_context(web(database_url, settings))
        second = stack.enter_context(web(database_url, settings))
        log = Path(var / "engine.log")
        out = stack.enter_context(log.open("wb"))
        engine = [sys.executable, "manage.py", "engine"]
        stack.enter_context(running(engine, cwd=ROOT, env=settings, stdout=out, stderr=out))
        eventually(lambda: b"model_serving" in log.read_bytes(), within_s=120)
        yield first, second


def test_the_machine_answers(servers: tuple[Web, Web]):
    with Visitor(servers[0], "theo") as theo:
        session = theo.begin(SURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            tab.send("How long is the red rectangle?")
            assert tab.until_reply()
    assert servers[0].rows(COUNTS, session) == [
        ("message.posted", "student", 1),
        ("message.posted", "teacher", 1),
    ]


def test_a_supervisor_at_one_server_answers_a_teacher_at_the_other(servers: tuple[Web, Web]):
    with Visitor(servers[0], "theo") as theo, Visitor(servers[1], "will") as will:
        session = theo.begin(UNSURE)
        with TeacherTab(theo, session) as tab, ConsoleTab(will) as console:
            tab.hello(), console.hello()
            first = tab.send("Why is it twelve?", key="once")
            assert tab.send("Why is it twelve?", key="once")["id"] == first["id"]
            turn = console.until_waiting(session)
            epoch = console.claim(session, turn["number"])["epoch"]
            assert console.decide(session, turn["number"], epoch, "It grew by 12.")["type"] == "ack"
            assert tab.until_reply() == "It grew by 12."
    assert servers[1].rows(COUNTS, session) == [
        ("message.posted", "student", 1),
        ("message.posted", "teacher", 1),
    ]


def test_a_socket_that_was_silent_for_long_still_hears(servers: tuple[Web, Web]):
    """Longer than the channel layer asks Redis at once, and than its client waits by itself."""
    with Visitor(servers[0], "theo") as theo, Visitor(servers[1], "will") as will:
        session = theo.begin(UNSURE)
        with TeacherTab(theo, session) as tab, ConsoleTab(will) as console:
            tab.hello(), console.hello()
            time.sleep(8)
            tab.send("Are you still there?")
            turn = console.until_waiting(session)
            epoch = console.claim(session, turn["number"])["epoch"]
            assert console.decide(session, turn["number"], epoch, "Yes.")["type"] == "ack"
            assert tab.until_reply() == "Yes."


def test_a_person_who_talks_to_both_servers_is_limited_as_at_one(servers: tuple[Web, Web]):
    """Sixty frames in five seconds: thirty-odd at each server are refused in the end."""
    with Visitor(servers[0], "theo") as here, Visitor(servers[1], "theo") as there:
        session = here.begin(SURE)
        with TeacherTab(here, session) as one, TeacherTab(there, session) as other:
            one.hello(), other.hello()
            for _ in range(40):
                one.say(type="ping")
                other.say(type="ping")
            found = [tab.until("err")["code"] for tab in (one, other)]
    assert found == ["rate_limited", "rate_limited"]


def test_passwords_are_guessed_no_quicker_at_two_servers(servers: tuple[Web, Web]):
    guess = {"username": "olga", "password": "wrong"}
    answers = [httpx.post(f"{servers[n % 2].url}/api/token/", json=guess).status_code for n in range(12)]
    assert answers == [400] * 10 + [429] * 2
