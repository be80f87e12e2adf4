"""A teacher says that a question was of another type than the report has it."""

from django.db import models

from .turn import Turn


class Dispute(models.Model):
    """One question of one report. A projection of the log (``feedback.disputed``, ``feedback.reissued``)."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, related_name="dispute")
    claimed = models.CharField(max_length=40, help_text="What the teacher would call the question.")
    told = models.CharField(
        max_length=40, blank=True, help_text="What the report said; empty when the model was too unsure."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided = models.CharField(max_length=40, blank=True, help_text="Empty with a date: put aside.")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.told or 'unsure'} or {self.claimed}"

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
