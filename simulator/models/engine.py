"""Which engines are at work: each writes a sign of life every few seconds."""

from django.db import models


class EngineBeat(models.Model):
    """The newest sign of life of one engine process."""

    name = models.CharField(max_length=64, unique=True)
    model_version = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.model_version or 'no model'})"
