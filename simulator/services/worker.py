"""A task worker's signs of life."""

from datetime import datetime

from simulator.models import WorkerBeat

from .beat import beat_write

EVERY_S = 5.0


def worker_beat(*, name: str, started_at: datetime) -> None:
    """Note that a worker lives, and forget those that have been silent for a day."""
    beat_write(WorkerBeat, name=name, started_at=started_at)


def worker_gone(*, name: str) -> None:
    """A worker stops in good order: it is missed at once."""
    WorkerBeat.objects.filter(name=name).delete()
