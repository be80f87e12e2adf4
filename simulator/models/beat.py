"""What every process that works beside the web servers leaves behind: a sign of life every few seconds."""

from django.db import models


class Beat(models.Model):
    """The newest sign of life of one process."""

    name = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
