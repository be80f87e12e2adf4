"""The product as its users run it, with a database to label; and an annotator without a browser."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import psycopg

from tests.integration.servers import Web, postgres, redis, web
from tests.live import ROOT, environment

from .seed import PASSWORD, PERSON

AHEAD = 20  # as many items as the page holds
ITEM = re.compile(r'data-item="(\d+)" data-ticket="([^"]+)"')
LABELS = ("Probing and Exploring", "Procedural and Factual", "Expository and Cueing", "Other")


@contextmanager
def served(database: str, *, items: int, people: int) -> Iterator[Web]:
    """A web server on ``sqlite`` or ``postgresql``, whose queue everybody finds full."""
    with tempfile.TemporaryDirectory(prefix="acts-labelling-") as folder:
        var = Path(folder)
        if database == "sqlite":
            with _filled(var, f"sqlite:///{var / 'acts.sqlite3'}", "", items, people) as one:
                yield one
            return
        with postgres() as url, redis() as layer, _filled(var, url, layer, items, people) as one:
            yield one


@contextmanager
def _filled(var: Path, database: str, layer: str, items: int, people: int) -> Iterator[Web]:
    more = {"REDIS_URL": layer} if layer else {}
    settings = environment(var, DATABASE_URL=database, ACTS_LOG_LEVEL="WARNING", ACTS_DEMO="false", **more)
    fill = [sys.executable, "-m", "benchmarks.labelling.seed", str(items), str(people)]
    subprocess.run(fill, cwd=ROOT, env=settings, check=True)  # noqa: S603 (our own module)
    with web(database, settings) as one:
        yield one


def counted(database: str) -> None:
    """Let PostgreSQL count its rows now, as it does by itself within a minute of a working day."""
    if database.startswith("postgres"):
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("ANALYZE")


def web_cpu_ms() -> float:
    """What the web process has worked so far, which others on the machine cannot slow down much."""
    for child in psutil.Process().children():
        if "uvicorn" in child.cmdline():
            spent = child.cpu_times()
            return 1000 * float(spent.user + spent.system)
    raise SystemExit("The web server is gone.")


class Annotator:
    """Labels as the page does: holds items ahead, sends a label, gets one more item with the answer."""

    def __init__(self, url: str, number: int) -> None:
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=60)
        self.http.get("/sign-in/")
        self._post("/sign-in/", {"username": PERSON.format(number), "password": PASSWORD})
        self.held = ITEM.findall(self.http.get("/annotation/label/").text)
        while len(self.held) < AHEAD:
            without = ",".join(item for item, _ in self.held)
            found = self.http.get("/annotation/label/next/", params={"without": without, "count": "6"})
            if found.status_code == 204:
                break
            more = ITEM.findall(found.text)
            if not more:
                raise SystemExit(f"No items came: {found.status_code} {found.url} {found.text[:300]}")
            self.held += more

    def _post(self, path: str, fields: dict[str, str]) -> httpx.Response:
        headers = {
            "Accept": "application/json",
            "Referer": str(self.http.base_url),
            "X-CSRFToken": self.http.cookies.get("csrftoken") or "",
        }
        return self.http.post(path, data=fields, headers=headers)

    def label(self) -> float:
        """Label the first item; milliseconds until it is saved and the next one is here."""
        item, ticket = self.held.pop(0)
        fields = {
            "ticket": ticket,
            "txn": uuid.uuid4().hex,
            "labels": LABELS[int(item) % len(LABELS)],
            "active_ms": "900",
            "idle_ms": "0",
            "without": ",".join([item, *(each for each, _ in self.held)]),
        }
        started = time.perf_counter()
        answer = self._post("/annotation/label/save/", fields)
        spent = (time.perf_counter() - started) * 1000
        if answer.status_code != 200:
            raise SystemExit(f"A label was refused: {answer.status_code} {answer.text[:300]}")
        self.held += ITEM.findall(answer.json()["html"])
        return spent
