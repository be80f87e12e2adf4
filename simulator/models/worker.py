"""Which workers wait for jobs or do one: each writes a sign of life every few seconds."""

from django.db import models


class WorkerBeat(models.Model):
    """The newest sign of life of one task worker, under the name that its jobs carry."""

    name = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
