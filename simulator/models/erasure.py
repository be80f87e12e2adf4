"""What was erased, when and why. The words are nowhere any more; this row is what is left of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .study import Study


class Reason(models.TextChoices):
    WITHDRAWN = "withdrawn", _("the teacher withdrew")
    RETENTION = "retention", _("kept as long as the study said")
    REQUEST = "request", _("a person asked to be erased")


class Erasure(models.Model):
    """One act of erasing. The rows are blank as soon as it is stored.

    What lies outside the rows (uploads, another program's copy, freed pages of the file) follows in
    the worker; ``settled_at`` says when all of it was through.
    """

    reason = models.CharField(max_length=9, choices=Reason.choices)
    by = models.CharField(max_length=64, help_text='Who did it: "user:7", or "command".')
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="erasures"
    )
    study = models.ForeignKey(
        Study, null=True, blank=True, on_delete=models.SET_NULL, related_name="erasures"
    )
    sessions = models.PositiveIntegerField(default=0, help_text="Rehearsals that were erased.")
    at = models.DateTimeField(auto_now_add=True)
    asked_at = models.DateTimeField(auto_now_add=True, help_text="When the worker was last asked to settle.")
    settled_at = models.DateTimeField(null=True, blank=True)
    trouble = models.TextField(blank=True, help_text="What the worker could not do at its latest try.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.sessions} rehearsals, {self.at:%Y-%m-%d}: {self.reason}"
