"""A sign of life from a worker, apart from its progress: on a slow machine a stage may take minutes."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection
from django.utils import timezone

from annotation.models import RunStatus, TrainingRun

EVERY_S = 15.0

logger = logging.getLogger(__name__)


@contextmanager
def beating(run_id: int, *, every_s: float = EVERY_S) -> Iterator[None]:
    """Renew the run's ``heartbeat_at`` inside the block, from a thread that ends with the process."""
    ended = threading.Event()

    def beat() -> None:
        try:
            while not ended.wait(every_s):
                _renew(run_id)
        finally:
            connection.close()  # this thread's own

    thread = threading.Thread(target=beat, name=f"heartbeat of run {run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _renew(run_id: int) -> None:
    try:
        running = TrainingRun.objects.filter(pk=run_id, status=RunStatus.RUNNING)
        running.update(heartbeat_at=timezone.now())
    except DatabaseError:  # busy; there are several more beats before the run is given up
        logger.warning("heartbeat of run %s was not written", run_id, exc_info=True)
