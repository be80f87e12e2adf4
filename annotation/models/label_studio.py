"""What of this installation lies in a Label Studio, and what came back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .annotation import Annotation
from .codebook import Codebook
from .dataset import Dataset, Item
from .training import TrainingRun


class LabelStudioServer(models.Model):
    """The one server that this installation works with. The token is encrypted and never shown again."""

    url = models.URLField(max_length=300)
    secret = models.BinaryField(editable=False)
    run = models.ForeignKey(TrainingRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.url


class Arm(models.TextChoices):
    ALL = "all", _("One project")
    CLASSICAL = "classical", _("Classical: without suggestions")
    ASSISTED = "assisted", _("Assisted: with suggestions")


class LabelStudioProject(models.Model):
    """A dataset, or one arm of it, as a project there.

    ``config`` is what the labelling page there should look like: what was last sent, or accepted from there.
    ``their_config`` is filled while somebody's change there waits for a decision.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+")
    arm = models.CharField(max_length=9, choices=Arm.choices, default=Arm.ALL)
    mark = models.UUIDField(unique=True, help_text="Stands in the project's description: finds it again.")
    remote_id = models.PositiveBigIntegerField(null=True, blank=True)
    codebook = models.ForeignKey(Codebook, null=True, on_delete=models.PROTECT, related_name="+")
    config = models.TextField(blank=True)
    their_config = models.TextField(blank=True)
    fault = models.TextField(blank=True, help_text="Why the latest run did not get through; empty if it did.")
    run = models.ForeignKey(TrainingRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    pushed_at = models.DateTimeField(null=True, blank=True)
    pulled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["dataset__name", "arm"]
        constraints = [models.UniqueConstraint(fields=["dataset", "arm"], name="one_project_per_arm")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        arm = "" if self.arm == Arm.ALL else f" ({self.arm})"
        return f"ACTS {self.dataset.name}"[: 49 - len(arm)] + arm  # Label Studio takes 50 characters


class LabelStudioTask(models.Model):
    """A question that was sent. Without ``remote_id`` it is on its way, or the answer got lost."""

    project = models.ForeignKey(LabelStudioProject, on_delete=models.CASCADE, related_name="tasks")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    remote_id = models.PositiveBigIntegerField(null=True, blank=True)
    suggested_label = models.CharField(max_length=40, blank=True, help_text="Stored even when held back.")
    suggested_by = models.CharField(max_length=80, blank=True)
    suggestion_shown = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "item"], name="one_task_per_item_and_project")
        ]
        indexes = [models.Index(fields=["project", "remote_id"], name="task_by_remote_id")]

    def __str__(self) -> str:
        return f"task {self.remote_id}"


class LabelState(models.TextChoices):
    TAKEN = "taken", _("Taken over")
    CONFLICT = "conflict", _("Waits for a decision")
    REFUSED = "refused", _("Not usable")
    SETTLED = "settled", _("Decided: ours stays")


class LabelStudioLabel(models.Model):
    """An annotation there, known by its id, and which of ours it became."""

    task = models.ForeignKey(LabelStudioTask, on_delete=models.CASCADE, related_name="labels")
    remote_id = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64, help_text="Of what it says: a change there changes it.")
    state = models.CharField(max_length=8, choices=LabelState.choices)
    reason = models.TextField(blank=True)
    labels = models.JSONField(default=list)
    data_issue = models.BooleanField(default=False)
    comment = models.TextField(blank=True)
    lead_time_s = models.FloatField(default=0.0, help_text="As measured there, pauses included.")
    from_prediction = models.BooleanField(default=False, help_text="It was begun from the suggestion.")
    deleted_there = models.BooleanField(default=False)
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    annotation = models.ForeignKey(
        Annotation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["task", "remote_id"], name="one_row_per_remote_label")]

    def __str__(self) -> str:
        return f"annotation {self.remote_id}: {self.labels}"
