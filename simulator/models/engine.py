"""Which engines are at work: each writes a sign of life every few seconds."""

from django.db import models

from .beat import Beat


class EngineBeat(Beat):
    """The newest sign of life of one engine process."""

    model_version = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.model_version or 'no model'})"
