"""What the labelling functions say, run by run, and who wanted which way of combining them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .dataset import Item


class Aggregator(models.TextChoices):
    MAJORITY_VOTE = "majority_vote", _("Majority vote")
    LABEL_MODEL = "label_model", _("Label model")
    DAWID_SKENE = "dawid_skene", _("Dawid-Skene")


class LabelRun(models.Model):
    """All labelling functions applied to all items once, and which way of combining them was kept."""

    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    functions = models.JSONField(help_text="Per labelling function: coverage, overlaps, conflicts, accuracy.")
    aggregator = models.CharField(max_length=13, choices=Aggregator.choices)
    metrics = models.JSONField(help_text="Of every aggregator on gold, each figure with its interval.")
    reason = models.TextField(help_text="Why this aggregator was kept.")
    items = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()
    gold = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    duration_ms = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Labelling functions, run {self.pk}"


class WeakLabel(models.Model):
    """What one run says about one item; an item that no function votes on has none."""

    run = models.ForeignKey(LabelRun, on_delete=models.CASCADE, related_name="labels")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="weak_labels")
    probabilities = models.JSONField(help_text="In the order of the question types.")
    votes = models.JSONField(help_text="Labelling function -> question type, without abstentions.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "item"], name="one_weak_label_per_run")]

    def __str__(self) -> str:
        return f"{self.item}: {self.probabilities}"


class AggregatorChoice(models.Model):
    """A researcher's word on how votes are combined from now on; the newest counts, rows are only added."""

    aggregator = models.CharField(
        max_length=13,
        choices=Aggregator.choices,
        blank=True,
        help_text="Empty: whichever is best on gold.",
    )
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.get_aggregator_display() if self.aggregator else "best on gold"
