"""Several processes as one: started together, restarted when one dies, stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

RESTART_AFTER_S = 0.5
STOP_WITHIN_S = 10.0


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent() -> None:
    """Ask the kernel to end this process when the group's own is killed, so that the port is free again."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Member:
    """One program of the group."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    niceness: int = 0  # above zero: the others go first when there are too few processors
    process: subprocess.Popen[bytes] | None = None
    restart_at: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 (our own programs)
            self.command,
            env={**os.environ, **self.environment},
            preexec_fn=self._prepare,
        )

    def _prepare(self) -> None:
        os.nice(self.niceness)
        if sys.platform == "linux":
            end_with_parent()

    def watch(self, now: float) -> None:
        """Start again what has died, a moment later, so that a broken program does not spin."""
        if self.process is None or self.process.poll() is None:
            return
        if not self.restart_at:
            log.warning("process_died", name=self.name, code=self.process.returncode)
            self.restart_at = now + RESTART_AFTER_S
        elif now >= self.restart_at:
            self.restart_at = 0.0
            self.start()


class ProcessGroup:
    """Runs members until a signal or until the parent is gone."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = list(members)
        self._stopping = False

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for member in self.members:
            member.start()
        while not self._stopping:
            time.sleep(0.1)
            for member in self.members:
                member.watch(time.monotonic())
        self.stop()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def stop(self) -> None:
        """Ask every member to end, and end those that do not."""
        running = [member.process for member in self.members if member.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_WITHIN_S
        for process in running:
            try:
                process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def manage(*arguments: str) -> list[str]:
    """The command that runs manage.py with this interpreter."""
    return [sys.executable, "manage.py", *arguments]
