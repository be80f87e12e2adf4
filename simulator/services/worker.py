"""A task worker's signs of life."""

from datetime import datetime, timedelta

from django.utils import timezone

from simulator.models import WorkerBeat

EVERY_S = 5.0
FORGET_AFTER = timedelta(days=1)


def worker_beat(*, name: str, started_at: datetime) -> None:
    """Note that a worker lives, and forget those that have been silent for a day."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(name=name, defaults={"started_at": started_at, "beat_at": now})
    WorkerBeat.objects.filter(beat_at__lt=now - FORGET_AFTER).delete()


def worker_gone(*, name: str) -> None:
    """A worker stops in good order: it is missed at once."""
    WorkerBeat.objects.filter(name=name).delete()
