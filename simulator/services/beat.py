"""Signs of life of processes, whatever they work on."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from simulator.models import EngineBeat, WorkerBeat

FORGET_AFTER = timedelta(days=1)


def beat_write(kind: type[EngineBeat | WorkerBeat], *, name: str, **said: Any) -> None:
    """Note that a process lives and what it says of itself, and forget those silent for a day."""
    now = timezone.now()
    kind._default_manager.update_or_create(name=name, defaults={**said, "beat_at": now})
    kind._default_manager.filter(beat_at__lt=now - FORGET_AFTER).delete()
