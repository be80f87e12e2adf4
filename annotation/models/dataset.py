"""Questions that wait for a label, and where they come from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.TextChoices):
    SESSIONS = "sessions", _("Rehearsals")
    IMPORT = "import", _("Imported dialogues")
    DEMO = "demo", _("Demonstration")


class Dataset(models.Model):
    name = models.CharField(max_length=120, unique=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    annotators_per_item = models.PositiveSmallIntegerField(
        default=2, help_text="An item leaves the queue when so many people have labelled it."
    )
    collected_until = models.DateTimeField(
        null=True, blank=True, help_text="Rehearsals that ended up to then have been taken over."
    )
    licence = models.CharField(max_length=120, blank=True, help_text="Under which others may use it.")
    origin = models.TextField(blank=True, help_text="Who collected it, how, and who agreed to that.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One question of a teacher with the turns before it.

    ``holdout`` marks the random share that never shows a suggestion: drawn once, from the key alone, so
    that neither its text nor the order of arrival can sway it. Models are scored on nothing else.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="items")
    key = models.CharField(max_length=120, help_text="Names the utterance within its dataset, for ever.")
    text = models.TextField()
    context = models.JSONField(
        default=list, help_text='[{"persona", "text"}], the turns before, oldest first.'
    )
    source_event = models.UUIDField(null=True, blank=True, unique=True, help_text="The logged utterance.")
    group = models.CharField(max_length=120, blank=True, help_text="The session or dialogue it belongs to.")
    gold = models.CharField(max_length=40, blank=True, help_text="The question type that an expert gave it.")
    holdout = models.BooleanField(default=False)
    shuffle_key = models.PositiveIntegerField(help_text="Random place in the queue, drawn from the key.")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="The teacher withdrew: nobody labels it, nothing is trained on it."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["shuffle_key", "pk"]
        constraints = [models.UniqueConstraint(fields=["dataset", "key"], name="item_key_unique_in_dataset")]
        indexes = [models.Index(fields=["holdout", "shuffle_key"], name="item_by_queue_place")]

    def __str__(self) -> str:
        return self.text[:60]
