"""nginx as docker-compose.yml configures it, in front of two web servers with production's settings."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.integration.proxy import NAME, Names, Proxy, check, command_of_the_image, configure, names, nginx
from tests.integration.servers import postgres, redis, running, settings_for
from tests.live import ROOT, eventually, free_port
from tests.live_scenarios import UNSURE
from tests.ws_client import TeacherTab, Visitor

pytestmark = pytest.mark.slow
ADDRESSES = ("127.0.0.2", "127.0.0.3")
ADDED, GONE = "127.0.0.4", "127.0.0.5"


def test_nginx_takes_the_configuration(tmp_path: Path):
    done = check(configure(tmp_path, port=free_port()))
    assert "test is successful" in done.stderr, done.stderr


def test_nginx_names_a_mistake(tmp_path: Path):
    main = configure(tmp_path, port=free_port())
    to_web = tmp_path / "conf.d" / "to_web"
    to_web.write_text(to_web.read_text().replace("proxy_pass", "proxy_past"))
    assert 'unknown directive "proxy_past"' in check(main).stderr


@dataclass
class Deployment:
    """Several web servers, each on an address of its own and the same port, behind one proxy."""

    folder: Path
    settings: dict[str, str]
    stack: ExitStack
    web_port: int

    def __post_init__(self) -> None:
        self.webs: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, address: str) -> None:
        command = command_of_the_image(address, self.web_port)
        out = self.stack.enter_context(self.log(address).open("wb"))
        started = running(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.settings, stdout=out, stderr=out
        )
        self.webs[address] = self.stack.enter_context(started)
        ready = {"Host": "localhost"}  # as the image's own check asks
        eventually(lambda: self._answers(f"http://{address}:{self.web_port}/readyz/", ready))

    @staticmethod
    def _answers(url: str, headers: dict[str, str]) -> bool:
        try:
            return httpx.get(url, headers=headers).is_success
        except httpx.TransportError:
            return False

    def kill(self, address: str) -> None:
        self.webs[address].kill()
        self.webs[address].wait()

    def log(self, address: str) -> Path:
        return self.folder / f"{address}.log"


@dataclass
class World:
    deployment: Deployment
    proxy: Proxy
    names: Names


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("deployment")
    with ExitStack() as stack:
        database_url = stack.enter_context(postgres())
        settings = settings_for(folder / "var", database_url, stack.enter_context(redis()))
        subprocess.run([sys.executable, "-m", "tests.live_setup"], cwd=ROOT, env=settings, check=True)
        settings |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.production", "SECRET_KEY": "only for this test" * 4,
            "ACTS_HOSTS": f"{NAME},localhost", "ACTS_ORIGINS": f"https://{NAME}", "ACTS_PROXIES": "1",
        }  # fmt: skip
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(collect, cwd=ROOT, env=settings, check=True)
        deployment = Deployment(folder, settings, stack, free_port())
        for address in ADDRESSES:
            deployment.start(address)
        known = stack.enter_context(names(folder, ADDRESSES))
        port = free_port()
        main = configure(folder / "nginx", port=port, names_port=known.port, web_port=deployment.web_port)
        yield World(deployment, stack.enter_context(nginx(main, port, database_url)), known)


def test_pages_come_from_every_web_server_and_files_by_their_hashes(world: World):
    with world.proxy.browser() as browser:
        for _ in range(20):
            page = browser.get("/sign-in/")
            assert page.status_code == 200
        style = re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page.text)[0]
        found = browser.get(style)
    assert (found.status_code, found.headers["content-type"]) == (200, 'text/css; charset="utf-8"')
    assert "immutable" in found.headers["cache-control"]
    assert all(b"GET /sign-in/" in world.deployment.log(address).read_bytes() for address in ADDRESSES)


def test_who_ended_tls_is_believed_and_nobody_else_stays_without_it(world: World):
    with world.proxy.browser() as browser:
        plain = browser.get("/sign-in/", headers={"X-Forwarded-Proto": "http"}, follow_redirects=False)
        assert (plain.status_code, plain.headers["location"]) == (301, f"https://{NAME}/sign-in/")
        assert browser.get("/sign-in/").headers["strict-transport-security"]
        asked_from_inside = {"X-Forwarded-Proto": "", "Host": "localhost"}
        assert browser.get("/readyz/", headers=asked_from_inside).status_code == 200


def test_a_large_file_passes_where_one_is_imported_and_nowhere_else(world: World):
    questions = b'{"text": "How long is it?"}\n' * 300_000  # 8 MB
    with world.proxy.browser() as http, Visitor(world.proxy, "rosa", http=http) as rosa:
        page = rosa.upload("/annotation/import/", "many.jsonl", questions)
        assert page.status_code == 200
        assert re.search(r"/annotation/imports/\d+/$", page.url.path), page.text
        assert rosa.upload("/sign-in/", "many.jsonl", questions).status_code == 413
    assert world.proxy.announce("/annotation/import/", 211 * 2**20) == 413


def test_limits_count_the_visitor_whatever_the_visitor_claims(world: World):
    def tries(address: str, count: int) -> list[int]:
        with world.proxy.browser(transport=httpx.HTTPTransport(local_address=address)) as browser:
            return [
                browser.post(
                    "/api/token/",
                    json={"username": f"nobody-{address}-{number}", "password": "wrong"},
                    headers={"X-Forwarded-For": f"203.0.113.{number}"},
                ).status_code
                for number in range(count)
            ]

    assert tries("127.0.0.77", 11) == [400] * 10 + [429]
    assert tries("127.0.0.78", 1) == [400]


@contextmanager
def silent(address: str, port: int) -> Iterator[None]:
    """Somebody there who answers no new connection, as a machine does that is gone."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((address, port), backlog=0))
        waiting = stack.enter_context(socket.socket())
        waiting.connect(listener.getsockname())  # fills the queue
        yield


def test_a_machine_that_is_gone_delays_a_request_and_does_not_fail_it(world: World):
    with silent(GONE, world.deployment.web_port), world.proxy.browser() as browser:
        world.names.say([GONE])
        eventually(lambda: browser.get("/sign-in/").status_code == 504)
        world.names.say([GONE, *ADDRESSES])
        eventually(lambda: browser.get("/sign-in/").status_code == 200)
        for _ in range(10):
            began = time.monotonic()
            assert browser.get("/sign-in/").status_code == 200
            assert time.monotonic() - began < 10
    world.names.say(ADDRESSES)


def test_a_rehearsal_goes_on_when_its_web_server_dies_and_another_is_added(world: World):
    with world.proxy.browser() as http, Visitor(world.proxy, "theo", http=http) as theo:
        session = theo.begin(UNSURE)
        with TeacherTab(theo, session) as tab:
            tab.hello()
            first = tab.send("How long is the red rectangle?", key="once")
            client = tab.client
        world.deployment.kill(ADDRESSES[0])
        assert [theo.get("/").status_code for _ in range(10)] == [200] * 10
        with TeacherTab(theo, session, client=client) as tab:
            tab.hello()
            assert tab.send("How long is the red rectangle?", key="once")["id"] == first["id"]

        world.deployment.start(ADDED)
        world.names.say([ADDED])
        eventually(lambda: theo.get("/").is_success and "GET / " in _log_of(world, ADDED), within_s=30)
        world.deployment.kill(ADDRESSES[1])
        assert [theo.get("/").status_code for _ in range(10)] == [200] * 10


def _log_of(world: World, address: str) -> str:
    return world.deployment.log(address).read_text()
