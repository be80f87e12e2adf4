"""The engines at work. Names of processes and of model versions, nothing about people."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from simulator.models import EngineBeat

SILENT_AFTER = timedelta(seconds=10)  # some beats missed: it is busy at most for one batch


def engines_alive() -> QuerySet[EngineBeat]:
    """The engines that gave a sign of life in the last ten seconds."""
    return EngineBeat.objects.filter(beat_at__gt=timezone.now() - SILENT_AFTER)
