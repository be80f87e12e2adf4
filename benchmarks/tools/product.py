"""The product as its users run it, started for a benchmark: one group, or every part a process of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from benchmarks.tools.keeper import ROOT, Keeper, Program

MEMBERS = {"web": "uvicorn", "engine": "engine", "worker": "db_worker"}  # word in the command line
START_WITHIN_S = 240.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(probe: Callable[[], object], *, within_s: float = START_WITHIN_S, what: str) -> None:
    """Wait until ``probe`` says yes. Raises SystemExit naming what did not come."""
    end = time.monotonic() + within_s
    while not probe():
        if time.monotonic() > end:
            raise SystemExit(f"{what} did not come within {within_s:g} s")
        time.sleep(0.1)


def environment(var: Path, **more: str) -> dict[str, str]:
    """Of the product on the folder ``var``; nothing of the caller's own settings gets in."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "ACTS_"))}
    return own | {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "ACTS_VAR": str(var),
        "ACTS_LOG_LEVEL": "INFO",
        "ACTS_LEAST_DISK_BYTES": str(2**20),
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@dataclass
class Product:
    """Addresses of the web servers, and the programs by the part that they play."""

    keeper: Keeper
    urls: list[str] = field(default_factory=list)
    parts: dict[str, list[Program]] = field(default_factory=dict)
    grouped: bool = False

    def add(self, part: str, program: Program) -> Program:
        self.parts.setdefault(part, []).append(self.keeper.keep(program))
        return program

    def members(self, part: str) -> list[psutil.Process]:
        """The processes that play ``part`` now."""
        if part in MEMBERS and self.grouped:
            group = self.parts["serve"][0].family()
            return [one for one in group[1:] if MEMBERS[part] in _command(one)]
        if part == "replica":
            family = [one for program in self.parts.get("replicas", []) for one in program.family()]
            return [one for one in family if "ServeReplica" in " ".join(_command(one))]
        return [one for program in self.parts.get(part, []) for one in program.family()[:1]]

    def everything(self) -> list[psutil.Process]:
        """Every process of the product and of its servers."""
        return [one for program in self.keeper.programs.values() for one in program.family()]

    def ready(self) -> bool:
        """Whether every web server says that it can do its work."""
        with httpx.Client(timeout=5.0) as client:
            return all(_answers(client, f"{url}/readyz/") for url in self.urls)

    def wait_until_serving(self) -> None:
        until(self.ready, what="the web server")
        logs = {program.log for part in ("serve", "engine") for program in self.parts.get(part, [])}
        until(lambda: all(b"model_serving" in log.read_bytes() for log in logs), what="the engine")


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _command(process: psutil.Process) -> Sequence[str]:
    try:
        return process.cmdline() if process.status() != psutil.STATUS_ZOMBIE else []
    except psutil.Error:
        return []


def embedded(keeper: Keeper, var: Path, more: Mapping[str, str]) -> Product:
    """``manage.py serve`` on a prepared data folder."""
    product = Product(keeper, grouped=True)
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    product.urls.append(f"http://127.0.0.1:{port}")
    product.add("serve", Program("serve", command, environment(var, **more), var.parent / "serve.log"))
    return product


def web_command(port: int, application: str = "config.asgi:application") -> list[str]:
    return [
        sys.executable, "-m", "uvicorn", application, "--port", str(port),
        "--ws-max-size", "131072", "--log-level", "warning", "--no-server-header",
    ]  # fmt: skip


def cluster(product: Product, var: Path, more: Mapping[str, str], *, webs: int = 2, engines: int = 2) -> None:
    """The parts of docker-compose.yml on a prepared database; replicas where Ray is installed."""
    settings = environment(var, **more)
    logs = var.parent
    if importlib.util.find_spec("ray") is not None:
        settings["ACTS_MODEL_SERVER"] = _replicas(product, var, logs)
    for number in range(webs):
        port = free_port()
        product.urls.append(f"http://127.0.0.1:{port}")
        product.add("web", Program(f"web{number}", web_command(port), settings, logs / f"web{number}.log"))
    manage = [sys.executable, "manage.py"]
    for number in range(engines):
        log = logs / f"engine{number}.log"
        product.add("engine", Program(f"engine{number}", [*manage, "engine"], settings, log))
    worker = [*manage, "db_worker", "--no-startup-delay", "--interval", "0.5"]
    product.add("worker", Program("worker", worker, settings, logs / "worker.log"))


def database(product: Product, folder: Path) -> str:
    """A PostgreSQL whose files lie in ``folder``; its address."""
    import psycopg

    programs = _postgres_programs()
    data, port = folder / "data", free_port()
    as_owner: list[str] = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_owner = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"]
    make = [
        *as_owner,
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "acts",
        "--auth",
        "trust",
        "-E",
        "UTF8",
    ]
    one_off = Program("initdb", make, os.environ, folder.parent / "initdb.log")
    one_off.start()
    if one_off.process is None or one_off.process.wait() != 0:
        raise SystemExit(f"initdb failed: {one_off.log.read_text()[-500:]}")
    serve = [*as_owner, str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)]
    product.add("postgres", Program("postgres", serve, os.environ, folder.parent / "postgres.log"))
    url = f"postgres://acts@127.0.0.1:{port}/postgres"

    def answers() -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url).close()
            return True
        return False

    until(answers, what="PostgreSQL", within_s=60)
    return url


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    if not found and named is None:
        raise SystemExit("There is no PostgreSQL; on Debian: apt-get install postgresql redis-server")
    return found[-1].parent if found else Path(str(named)).resolve().parent


def channel_server(product: Product, logs: Path) -> str:
    """A Redis that keeps nothing; its address."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
    product.add("redis", Program("redis", command, os.environ, logs / "redis.log"))
    return f"redis://127.0.0.1:{port}/0"


def _replicas(product: Product, var: Path, logs: Path) -> str:
    port = free_port()
    folder = Path("/tmp/ray-faults") / str(port)  # noqa: S108 (Ray's socket paths may hold 100 characters only)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "serve.yaml"
    config.write_text(
        f"http_options: {{host: 127.0.0.1, port: {port}}}\n"
        "applications:\n"
        "- {name: acts, route_prefix: /, import_path: 'models_zoo.serving.replicas:app'}\n"
    )
    settings = environment(
        var, ACTS_REPLICAS="2", RAY_TMPDIR=str(folder), RAY_USAGE_STATS_ENABLED="0",
        RAY_DISABLE_MEMORY_MONITOR="1", PYTHONPATH=str(ROOT),
    )  # fmt: skip
    command = [str(Path(sys.executable).parent / "serve"), "run", str(config)]
    product.add("replicas", Program("replicas", command, settings, logs / "replicas.log"))
    until(lambda: len(product.members("replica")) >= 2, what="model replicas")
    return f"http://127.0.0.1:{port}"
