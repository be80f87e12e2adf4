"""docker-compose.yml as processes: PostgreSQL, Redis, Ray Serve, two web servers, two engines."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

pytest.importorskip("ray", reason="`make test-cluster` installs it")

from models_zoo.store import ModelStore
from tests.cluster.ray_serve import Replicas, replicas
from tests.integration.servers import Web, postgres, redis, running, settings_for, web
from tests.live import ROOT, eventually
from tests.live_scenarios import SURE
from tests.ws_client import TeacherTab, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.cluster]
QUESTIONS = ("How long is the red rectangle?", "How wide is it?", "And the blue one?", "How long is that?")


@dataclass
class Cluster:
    webs: tuple[Web, Web]
    engines: list[subprocess.Popen[bytes]]
    replicas: Replicas
    store: ModelStore

    def versions_that_answered(self, session: str) -> list[str]:
        rows = self.webs[0].rows(
            "select t.model_version from simulator_turn t join simulator_session s on s.id = t.session_id "
            "where s.public_id::text = ? and t.status = 'replied' and t.route = 'certain' order by t.number",
            session,
        )
        return [version for (version,) in rows]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    var = tmp_path_factory.mktemp("var")
    with ExitStack() as stack:
        database_url = stack.enter_context(postgres())
        settings = settings_for(var, database_url, stack.enter_context(redis()))
        subprocess.run([sys.executable, "-m", "tests.live_setup"], cwd=ROOT, env=settings, check=True)
        ModelStore(var / "models").ensure_demo()
        served = stack.enter_context(replicas(var))
        settings["ACTS_MODEL_SERVER"] = served.url
        webs = (
            stack.enter_context(web(database_url, settings)),
            stack.enter_context(web(database_url, settings)),
        )
        log = var / "engine.log"
        out = stack.enter_context(log.open("wb"))
        command = [sys.executable, "manage.py", "engine"]
        engines = [
            stack.enter_context(running(command, cwd=ROOT, env=settings, stdout=out, stderr=out))
            for _ in range(2)
        ]
        eventually(lambda: log.read_bytes().count(b"model_serving") == 2, within_s=180)
        yield Cluster(webs, engines, served, ModelStore(var / "models"))


def test_engines_carry_no_model_of_their_own(cluster: Cluster):
    """What an engine needs beside the replicas is small: more engines cost little."""
    assert all(psutil.Process(one.pid).memory_full_info().uss < 700e6 for one in cluster.engines)


def test_a_replica_and_an_engine_die_and_every_turn_is_answered_once(cluster: Cluster):
    with Visitor(cluster.webs[0], "theo") as theo:
        session = theo.begin(SURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            for number, question in enumerate(QUESTIONS):
                tab.send(question)
                if number == 1:
                    cluster.replicas.kill_one()
                if number == 2:
                    cluster.engines[0].kill()
                assert tab.until_reply()
    rows = cluster.webs[1].rows(
        "select count(*), count(distinct e.turn) from simulator_event e "
        "join simulator_session s on s.id = e.session_id where s.public_id::text = ? "
        "and e.type = 'message.posted' and e.persona = 'student' and e.payload->>'kind' != 'stall'",
        session,
    )
    assert rows == [(len(QUESTIONS), len(QUESTIONS))]


def test_a_deployed_model_answers_without_a_restart(cluster: Cluster, tmp_path: Path):
    before = cluster.store.current()
    assert before is not None
    copied = cluster.store.manifest(before).model_copy(update={"seed": 4711, "parent": before})
    source = cluster.store.path(before)

    def write(folder: Path) -> None:
        for name in copied.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((source / name).read_bytes())

    after = cluster.store.publish(write, copied)
    with Visitor(cluster.webs[1], "theo") as theo:
        session = theo.begin(SURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            cluster.store.activate(after)
            for question in QUESTIONS * 2:
                tab.send(question)
                assert tab.until_reply()
                if after in cluster.versions_that_answered(session):
                    break
    assert after in cluster.versions_that_answered(session)


def test_both_web_servers_are_ready(cluster: Cluster):
    for one in cluster.webs:
        assert httpx.get(f"{one.url}/readyz/").json()["engine"] == "ok"
