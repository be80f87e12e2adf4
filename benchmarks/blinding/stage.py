"""The server on a scratch folder, and what its database says afterwards of who answered."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from .teachers import Observed

ROOT = Path(__file__).parents[2]
START_S = 400.0
AUDITED = 0.5  # of the confident turns, drawn fairly, go to a person
WHO = """
    select t.number, t.answered_by from simulator_turn t
    join simulator_session s on s.id = t.session_id where s.public_id = ?
"""


@dataclass(frozen=True)
class Stage:
    """Where the server is, the rooms (session and cookie) and the supervisors' cookies."""

    url: str
    rooms: list[dict[str, str]]
    supervisors: list[str]


class Product:
    """``with Product(folder, rooms, faster, matched) as product: product.stage``."""

    def __init__(self, folder: Path, rooms: int, faster: float, matched: bool) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._folder = folder
        self._arguments = [str(rooms), str(faster), "matched" if matched else "plain"]
        own = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "ACTS_"))}
        self._environment = own | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ACTS_VAR": str(folder)}
        self._environment |= {
            "ACTS_LOG_LEVEL": "INFO",
            "OMP_NUM_THREADS": "1",
            "ACTS_AUDIT_SHARE": str(AUDITED),
        }

    def _start(self, *arguments: str) -> list[str]:
        return [sys.executable, *arguments]

    def __enter__(self) -> Self:
        prepared = subprocess.run(  # noqa: S603 (our own program)
            self._start("-m", "benchmarks.blinding.prepare", *self._arguments),
            cwd=ROOT, env=self._environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        self.stage = Stage(f"http://127.0.0.1:{self._port}", **json.loads(prepared.stdout.splitlines()[-1]))
        with (self._folder / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                self._start("manage.py", "serve", "--port", str(self._port)),
                cwd=ROOT, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip
        end = time.monotonic() + START_S
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > end:
                self._process.terminate()
                raise SystemExit("The server does not start.")
            time.sleep(0.3)
        return self

    def _ready(self) -> bool:
        try:
            healthy = httpx.get(f"{self.stage.url}/healthz/", timeout=5).is_success
        except httpx.TransportError:
            return False
        return healthy and b"model_serving" in (self._folder / "serve.log").read_bytes()

    def told(self, observed: list[Observed]) -> list[Observed]:
        """The turns with the truth; those that nobody answered in time count as a person's."""
        database = sqlite3.connect(self._folder / "acts.sqlite3")
        who = {
            room["session"]: dict(database.execute(WHO, [_stored(room["session"])]))
            for room in self.stage.rooms
        }
        database.close()
        return [
            replace(one, by_person=not str(who[one.session][one.number]).startswith("machine:"))
            for one in observed
            if one.number in who[one.session]
        ]

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)


def _stored(session: str) -> str:
    """As SQLite has it: without hyphens."""
    return session.replace("-", "")
