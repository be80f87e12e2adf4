"""The larger way to run, on this machine: PostgreSQL, Redis, every part a process of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.live import ROOT, environment, eventually, free_port


@contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program that is ended with the block."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _as_postgres(command: Sequence[str | Path]) -> list[str | Path]:
    """PostgreSQL refuses to run as root, so then its own account runs it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else list(command)


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    assert named, "There is no PostgreSQL: `make test` installs it (Debian: apt-get install postgresql)."
    return Path(named).resolve().parent


@contextmanager
def postgres() -> Iterator[str]:
    """A throw-away PostgreSQL; its address."""
    programs, port = _postgres_programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="acts-postgres-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    make: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "acts",
        "--auth",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    serve: list[str | Path] = [
        programs / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-k",
        folder,
        "-c",
        "fsync=off",
    ]
    try:
        subprocess.run(_as_postgres(make), check=True, capture_output=True, cwd="/")
        with running(_as_postgres(serve), cwd="/", stderr=subprocess.DEVNULL):
            url = f"postgres://acts@127.0.0.1:{port}/postgres"
            eventually(lambda: _answers(url))
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def redis() -> Iterator[str]:
    """A throw-away Redis that keeps nothing; its address."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
    with running(command, stdout=subprocess.DEVNULL):
        yield f"redis://127.0.0.1:{port}/0"


@dataclass
class Web:
    """One of several web servers on the same database."""

    port: int
    database_url: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.replace("?", "%s"), values).fetchall()

    def is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz/").status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def web(database_url: str, settings: dict[str, str]) -> Iterator[Web]:
    """A web server on a free port."""
    one = Web(free_port(), database_url)
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(one.port)]
    with running(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        eventually(one.is_healthy)
        yield one


def settings_for(var: Path, database_url: str, redis_url: str) -> dict[str, str]:
    return environment(var, DATABASE_URL=database_url, REDIS_URL=redis_url)
