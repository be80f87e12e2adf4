"""The real product on a scratch folder, where every turn of the demo scenario waits for a supervisor."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

ROOT = Path(__file__).parents[2]
START_S = 180.0
PREPARE = (
    "from simulator.models import ScenarioVersion as S, Study, User;"
    "from simulator.services.study import consent_give as give;"
    "S.objects.filter(slug='scale-factor').update(threshold=0.0);"
    "give(person=User.objects.get(username='theo'),"
    " text=Study.objects.get(slug='demo').consent_texts.order_by('-version').first())"
)


class Product:
    """``with Product(folder) as product: product.url``."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"
        self._log = folder / "serve.log"
        own = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO_", "ACTS_"))}
        self._environment = own | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "ACTS_VAR": str(folder)}
        self._environment |= {"ACTS_LOG_LEVEL": "INFO", "OMP_NUM_THREADS": "1"}

    def _manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(  # noqa: S603 (our own program)
            command, cwd=ROOT, env=self._environment, check=True, stdout=subprocess.DEVNULL
        )

    def __enter__(self) -> Self:
        self._manage("migrate", "-v0")
        self._manage("seed_demo")
        self._manage("shell", "-c", PREPARE)
        command = [sys.executable, "manage.py", "serve", "--port", str(self._port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        end = time.monotonic() + START_S
        while not self._ready():
            if self._process.poll() is not None or time.monotonic() > end:
                self._process.terminate()
                raise SystemExit(f"The server does not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.3)
        return self

    def _ready(self) -> bool:
        try:
            healthy = httpx.get(f"{self.url}/healthz/", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
        return healthy and b"model_serving" in self._log.read_bytes()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
