"""The append-only log. Order by seq, never by a clock; rows are never updated."""

import uuid

import uuid_utils
from django.db import models

from .session import Session


def time_ordered_uuid() -> uuid.UUID:
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)


class Event(models.Model):
    """One thing that happened in a session.

    ``actor`` is who really acted ("user:7", "machine:<version>", "system"); ``persona`` is who is displayed.
    ``audience`` names the widest circle that may see it; simulator.projection decides field by field.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField(help_text="Gapless within the session, from 1.")
    id = models.UUIDField(primary_key=True, default=time_ordered_uuid, editable=False)
    v = models.PositiveSmallIntegerField(default=1)
    type = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    persona = models.CharField(max_length=32, blank=True)
    turn = models.PositiveIntegerField(
        null=True, blank=True, help_text="The turn's number within the session."
    )
    cause = models.UUIDField(null=True, blank=True, help_text="The event that led to this one.")
    client = models.CharField(max_length=64, blank=True)
    txn = models.CharField(max_length=64, blank=True)
    ts_client = models.DateTimeField(null=True, blank=True)
    ts_server = models.DateTimeField(auto_now_add=True)
    audience = models.CharField(max_length=12)
    payload = models.JSONField(default=dict)

    class Meta:
        ordering = ["session", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="seq_unique_in_session"),
            models.UniqueConstraint(
                fields=["session", "client", "txn"],
                condition=~models.Q(txn=""),
                name="send_is_idempotent",
            ),
        ]
        indexes = [models.Index(fields=["type", "ts_server"], name="event_by_type")]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"
