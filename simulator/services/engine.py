"""An engine's signs of life."""

import time
from datetime import datetime

from django.utils import timezone

from simulator.models import EngineBeat

from .beat import beat_write

EVERY_S = 2.0


class Heartbeat:
    """Writes that this engine lives, at most every two seconds; costs nothing in between."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = timezone.now()
        self._next = 0.0  # on the monotonic clock: the other one may be set back

    def beat(self, model_version: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + EVERY_S
            engine_beat(name=self._name, model_version=model_version, started_at=self._started)


def engine_beat(*, name: str, model_version: str, started_at: datetime) -> None:
    """Note that an engine lives, and forget those that have been silent for a day."""
    beat_write(EngineBeat, name=name, model_version=model_version, started_at=started_at)


def engine_gone(*, name: str) -> None:
    """An engine stops in good order: it is missed at once."""
    EngineBeat.objects.filter(name=name).delete()
