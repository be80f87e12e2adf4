"""What people say. Rows are only added; a later row stands in for an earlier one."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .codebook import Codebook
from .dataset import Item
from .study import StudyTask
from .suggestion import Suggestion


class Purpose(models.TextChoices):
    """Why an item was sent to somebody."""

    LABEL = "label", _("To be labelled")
    RECHECK = "recheck", _("To be looked at again under a new codebook")
    ADJUDICATE = "adjudicate", _("To be decided, with the votes")


class ItemTicket(models.Model):
    """That the server sent an item to a person, and whether it sent the suggestion along.

    The label that comes back names its ticket. So what was shown is known from what was sent, never from
    what a browser claims; and the suggestion is on record even where it was held back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="tickets")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    codebook = models.ForeignKey(Codebook, on_delete=models.PROTECT, related_name="+")
    suggestion = models.ForeignKey(
        Suggestion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    suggestion_shown = models.BooleanField(default=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.LABEL)
    planted_label = models.CharField(
        max_length=40, blank=True, help_text="Shown instead of the suggestion: wrong on purpose."
    )
    task = models.ForeignKey(
        StudyTask, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    issued_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"ticket for {self.item}"

    @property
    def shown_label(self) -> str:
        """The suggestion as the annotator sees it, or an empty string."""
        if not self.suggestion_shown or self.suggestion is None:
            return ""
        return self.planted_label or self.suggestion.label

    @property
    def shown_confidence(self) -> float:
        """A planted suggestion claims the confidence of the real one, so that nothing tells them apart."""
        return self.suggestion.confidence if self.suggestion else 0.0


class Action(models.TextChoices):
    LABEL = "label", _("Labelled")
    SKIP = "skip", _("Skipped")
    UNDO = "undo", _("Undone")


class Outcome(models.TextChoices):
    """What became of the suggestion."""

    KEPT = "kept", _("Kept")
    CHANGED = "changed", _("Changed")
    UNASSISTED = "unassisted", _("No suggestion shown")
    PLANTED = "planted", _("A wrong suggestion was shown on purpose")


class Annotation(models.Model):
    """One act of one person on one item: a label, a skip, or the undoing of either."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="annotations")
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="annotations"
    )
    ticket = models.ForeignKey(
        ItemTicket, null=True, blank=True, on_delete=models.PROTECT, related_name="annotations"
    )
    codebook = models.ForeignKey(Codebook, on_delete=models.PROTECT, related_name="annotations")
    action = models.CharField(max_length=5, choices=Action.choices, default=Action.LABEL)
    labels = models.JSONField(default=list, help_text="Question types in order of preference.")
    data_issue = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    suggestion_shown = models.BooleanField(default=False)
    suggested_label = models.CharField(
        max_length=40, blank=True, help_text="Stored even when it was held back."
    )
    suggested_by = models.CharField(max_length=80, blank=True, help_text="Model version.")
    planted_label = models.CharField(
        max_length=40, blank=True, help_text="The wrong suggestion that was shown on purpose, if any."
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.UNASSISTED)

    active_ms = models.PositiveIntegerField(
        default=0, help_text="Page visible and a key or pointer moved lately."
    )
    idle_ms = models.PositiveIntegerField(default=0, help_text="The rest of the time on screen.")
    txn = models.CharField(
        max_length=64, help_text="Made by the browser; a repeat is answered, not stored again."
    )
    is_standing = models.BooleanField(default=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "annotator"],
                condition=models.Q(is_standing=True),
                name="one_standing_annotation_per_person",
            ),
            models.UniqueConstraint(fields=["annotator", "txn"], name="annotation_is_idempotent"),
        ]
        indexes = [models.Index(fields=["annotator", "is_standing"], name="annotation_by_annotator")]

    def __str__(self) -> str:
        return f"{self.annotator} {self.action} {self.labels}"
