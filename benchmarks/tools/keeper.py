"""Programs that are started again whenever they die, as a container runtime would do it."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from simulator.process_group import end_with_parent

ROOT = Path(__file__).resolve().parents[2]
AGAIN_AFTER_S = 0.5
STOP_WITHIN_S = 15.0


@dataclass
class Program:
    """One program and the file that holds what it prints."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    died_at: float | None = field(default=None, repr=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (the product and its servers)
                self.command,
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.died_at = None

    def watch(self) -> None:
        """Start again what has died, a moment later."""
        if self.process is None or self.process.poll() is None:
            return
        now = time.monotonic()
        self.died_at = self.died_at or now
        if now - self.died_at >= AGAIN_AFTER_S:
            self.start()

    def family(self) -> list[psutil.Process]:
        """The program and whatever it has started, as far as it lives."""
        if self.process is None:
            return []
        try:
            top = psutil.Process(self.process.pid)
            return [one for one in (top, *top.children(recursive=True)) if one.is_running()]
        except psutil.NoSuchProcess:
            return []


class Keeper:
    """Keeps programs running until the block ends. Nothing is left afterwards."""

    def __init__(self) -> None:
        self.programs: dict[str, Program] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Keeper:
        # Asked to end, the benchmark ends what it has started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()
        for program in reversed(list(self.programs.values())):
            family = program.family()
            for one in family[:1]:
                one.terminate()
            _gone, left = psutil.wait_procs(family, timeout=STOP_WITHIN_S)
            for one in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            if program.process is not None:
                program.process.wait()

    def keep(self, program: Program) -> Program:
        program.start()
        self.programs[program.name] = program
        return program

    def _watch(self) -> None:
        while not self._stopping.wait(0.1):
            for program in list(self.programs.values()):
                program.watch()
