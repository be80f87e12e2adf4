"""The real product, started as its users start it: one process group on its own data folder and port."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[1]
MEMBERS = {"web": "uvicorn", "engine": "engine", "worker": "db_worker"}
Found = TypeVar("Found")


def eventually(probe: Callable[[], Found], *, within_s: float = 60.0, every_s: float = 0.05) -> Found:
    """The first truthy answer of ``probe``; fails naming the last one when there is none in time."""
    end = time.monotonic() + within_s
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"still {found!r} after {within_s:g} s")
        time.sleep(every_s)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(var: Path, **more: str) -> dict[str, str]:
    """Of a program that runs the product on the folder ``var``; the tests' own settings stay outside."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "ACTS_"))}
    return own | {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "ACTS_VAR": str(var),
        "ACTS_LOG_LEVEL": "INFO",
        "ACTS_AUDIT_SHARE": "0",  # who answers is what the threshold says, and no draw
        "ACTS_HOLDOUT_SHARE": "0",  # every question is prefilled, so a test need not count on luck
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def fill(var: Path) -> Path:
    """Migrate and seed a folder; done once a run and copied for every instance."""
    subprocess.run([sys.executable, "-m", "tests.live_setup"], cwd=ROOT, env=environment(var), check=True)
    return var


@dataclass
class Live:
    """One running product. Use as a context manager; whatever happens inside, nothing is left running."""

    var: Path
    template: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.var / "serve.log"

    def __enter__(self) -> "Live":
        shutil.copytree(self.template, self.var, dirs_exist_ok=True)
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the group and wait until pages are served and a model is loaded."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            started_at = log.tell()
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment(self.var), stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready(since=started_at)

    def stop(self) -> None:
        """End the whole group, the hard way if need be."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
        # The group was made for the server alone, so this ends what it may have left behind.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        finally:
            self.process.wait()

    def wait_until_ready(self, *, since: int = 0) -> None:
        eventually(self.is_healthy)
        self.wait_for_engine(since=since)

    def wait_for_engine(self, *, since: int = 0) -> None:
        """Wait for a line in the log, written after ``since``, that says which model serves."""
        eventually(lambda: b"model_serving" in self.log.read_bytes()[since:] or self._ended())

    def is_healthy(self) -> bool:
        self._ended()
        try:
            return httpx.get(f"{self.url}/readyz/").status_code == 200
        except httpx.TransportError:
            return False

    def _ended(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(
                f"serve ended with {self.process.returncode}:\n{self.log.read_text()[-3000:]}"
            )
        return False

    def member(self, name: str) -> psutil.Process:
        """The process of one member of the group: web, engine or worker."""
        assert self.process is not None
        group, wanted = self.process.pid, MEMBERS[name]

        def find() -> psutil.Process | None:
            for child in psutil.Process(group).children():
                if child.status() != psutil.STATUS_ZOMBIE and wanted in child.cmdline():
                    return child
            return None

        return eventually(find)

    def kill(self, name: str) -> int:
        """End a member as a crash would; returns where the log stood. The group starts it again."""
        stood_at = self.log.stat().st_size
        victim = self.member(name)
        victim.kill()
        eventually(lambda: not victim.is_running() or victim.status() == psutil.STATUS_ZOMBIE)
        return stood_at

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py beside the running product; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=environment(self.var), check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database from outside, as nobody but a test does."""
        connection = sqlite3.connect(f"file:{self.var / 'acts.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()
