"""The proxy of docker-compose.yml on one machine: nginx with the project's files and a server of names."""

import getpass
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.integration.servers import running
from tests.live import ROOT, eventually, free_port

NAME = "classroom.example"
# What stands around the project's file in the image; paths are of a throw-away folder.
AROUND = """
{user}
daemon off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_timeout 65;
    include {folder}/conf.d/*.conf;
}}
"""


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, f"There is no {name}: `make test` installs it (Debian: apt-get install nginx dnsmasq-base)."
    return found


def configure(folder: Path, *, port: int, names_port: int = 53, web_port: int = 8000) -> Path:
    """The project's files as docker-compose.yml mounts them; only addresses and paths are replaced."""
    replaced = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "/etc/nginx/": f"{folder}/",
        "resolver 127.0.0.11 ": f"resolver 127.0.0.1:{names_port} ",
        "http://web:8000;": f"http://web:{web_port};",
    }
    (folder / "conf.d").mkdir(parents=True)
    met = set()
    for source, target in (("nginx.conf", "default.conf"), ("nginx_to_web.conf", "to_web")):
        text = (ROOT / "scripts" / source).read_text()
        for old, new in replaced.items():
            met |= {old} & set(re.findall(re.escape(old), text))
            text = text.replace(old, new)
        (folder / "conf.d" / target).write_text(text)
    assert met == set(replaced)
    main = folder / "nginx.conf"
    user = f"user {getpass.getuser()};" if os.getuid() == 0 else ""  # else it may not read the folder
    main.write_text(AROUND.format(user=user, folder=folder))
    return main


def check(main: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program("nginx"), "-t", "-c", main], capture_output=True, text=True)


@dataclass
class Names:
    """A server of names that knows `web`, as that of the containers does."""

    hosts: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def say(self, addresses: Sequence[str]) -> None:
        """From now on these are the web servers."""
        self.hosts.write_text("".join(f"{address} web\n" for address in addresses))
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)


@contextmanager
def names(folder: Path, addresses: Sequence[str]) -> Iterator[Names]:
    known = Names(folder / "hosts")
    known.say(addresses)
    command = [
        program("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--no-resolv",
        "--no-hosts", f"--addn-hosts={known.hosts}", "--local=/web/", f"--user={getpass.getuser()}",
        "--bind-interfaces", "--listen-address=127.0.0.1", f"--port={known.port}",
    ]  # fmt: skip
    with running(command, stderr=subprocess.DEVNULL) as known.process:
        yield known


@dataclass
class Proxy:
    """The product as its visitors reach it, behind a balancer that ended TLS and says so."""

    port: int
    database_url: str
    url: str = f"https://{NAME}"

    def browser(self, **more: Any) -> httpx.Client:
        """Sends cookies that ask for TLS, as a browser does which speaks TLS with the balancer."""
        headers = {"Host": NAME, "X-Forwarded-Proto": "https"}
        address = f"http://127.0.0.1:{self.port}"
        client = httpx.Client(base_url=address, headers=headers, follow_redirects=True, timeout=30, **more)

        def send_over_this_connection_too(_response: httpx.Response) -> None:
            for cookie in client.cookies.jar:
                cookie.secure = False

        client.event_hooks["response"] = [send_over_this_connection_too]
        return client

    def announce(self, path: str, size: int) -> int:
        """Say that a body of this size will follow, send none of it; the status that answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest("POST", path, skip_host=True)
        for name, value in {"Host": NAME, "X-Forwarded-Proto": "https", "Content-Length": str(size)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.replace("?", "%s"), values).fetchall()


@contextmanager
def nginx(main: Path, port: int, database_url: str) -> Iterator[Proxy]:
    with running([program("nginx"), "-c", main], stderr=subprocess.DEVNULL):
        one = Proxy(port, database_url)
        with one.browser() as browser:
            eventually(lambda: _answers(browser))
        yield one


def _answers(browser: httpx.Client) -> bool:
    try:
        return browser.get("/readyz/").is_success
    except httpx.TransportError:
        return False


def command_of_the_image(address: str, port: int) -> list[str]:
    """How the Dockerfile starts a web server, on another address."""
    joined = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    command: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", joined, re.M)[-1])
    command[command.index("--host") + 1] = address
    command[command.index("--port") + 1] = str(port)
    return command
