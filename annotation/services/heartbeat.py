"""A sign of life from a worker, apart from its progress: on a slow machine a stage may take minutes."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from django.db import DatabaseError, connection
from django.utils import timezone

from annotation.models import RunStatus, TrainingRun

EVERY_S = 15.0

logger = logging.getLogger(__name__)


@contextmanager
def repeating(write: Callable[[], None], *, every_s: float, what: str) -> Iterator[None]:
    """Call ``write`` again and again inside the block, from a thread that ends with the process."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(every_s):
            try:
                write()
            except DatabaseError:  # busy or away; there are several more beats before anybody is given up
                logger.warning("%s was not written", what, exc_info=True)
                connection.close()  # the next beat opens one that works
        connection.close()  # this thread's own

    thread = threading.Thread(target=beat, name=what, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def beating(run_id: int, *, every_s: float = EVERY_S) -> AbstractContextManager[None]:
    """Renew the run's ``heartbeat_at`` inside the block."""
    return repeating(partial(_renew, run_id), every_s=every_s, what=f"heartbeat of run {run_id}")


def _renew(run_id: int) -> None:
    running = TrainingRun.objects.filter(pk=run_id, status=RunStatus.RUNNING)
    running.update(heartbeat_at=timezone.now())
