"""Model replicas on a Ray of their own, started and ended with a block."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.live import ROOT, environment, eventually, free_port

REPLICA = "ServeReplica"


@dataclass
class Replicas:
    """The address of the replicas, and the processes that they are."""

    url: str
    process: subprocess.Popen[bytes]

    def processes(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in children if REPLICA in " ".join(_command(one))]

    def kill_one(self) -> None:
        """End a replica as a crash would."""
        self.processes()[0].kill()

    def answers(self, version: str) -> bool:
        try:
            return httpx.post(f"{self.url}/load", json={"version": version}, timeout=60).is_success
        except httpx.TransportError:
            return False


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@contextmanager
def replicas(var: Path, *, count: int = 2) -> Iterator[Replicas]:
    """``count`` replicas on the model store in ``var``; everything of Ray lies in a throw-away folder."""
    # Ray makes sockets below this folder, whose path may hold a hundred characters only.
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    port = free_port()
    config = Path(folder) / "serve.yaml"
    config.write_text(
        f"http_options: {{host: 127.0.0.1, port: {port}}}\n"
        "applications:\n"
        "- {name: acts, route_prefix: /, import_path: 'models_zoo.serving.replicas:app'}\n"
    )
    settings = environment(
        var,
        ACTS_REPLICAS=str(count),
        RAY_TMPDIR=folder,
        RAY_USAGE_STATS_ENABLED="0",
        RAY_DISABLE_MEMORY_MONITOR="1",
        PYTHONPATH=str(ROOT),
    )
    command = [str(Path(sys.executable).parent / "serve"), "run", str(config)]
    with (Path(folder) / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdout=log, stderr=log, start_new_session=True
        )
        try:
            running = Replicas(f"http://127.0.0.1:{port}", process)
            eventually(lambda: len(running.processes()) >= count, within_s=120)
            yield running
        finally:
            _end(process)
            shutil.rmtree(folder, ignore_errors=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ray's daemons are not in the group of the command that started them."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    process.terminate()
    psutil.wait_procs(family, timeout=15)
    for one in family:
        if one.is_running():
            one.kill()
    process.wait()
