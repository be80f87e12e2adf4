"""Long jobs whose progress people watch: training, prefilling the queue, applying the labelling functions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .weak import LabelRun


class RunKind(models.TextChoices):
    RETRAIN = "retrain", _("Training")
    PREFILL = "prefill", _("Prefilling")
    RULES = "rules", _("Applying the labelling functions")
    IMPORT = "import", _("Reading a file")
    LS_CHECK = "ls_check", _("Connecting to Label Studio")
    LS_PUSH = "ls_push", _("Sending to Label Studio")
    LS_PULL = "ls_pull", _("Fetching from Label Studio")
    QUALITY = "quality", _("Measuring quality")
    COMPRESS = "compress", _("Compressing")
    MEASURE = "measure", _("Measuring latency")
    STUDY = "study", _("Measuring a study")


class RunStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


MAKES_VERSIONS = (RunKind.RETRAIN, RunKind.COMPRESS)
ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING)


class TrainingRun(models.Model):
    """The worker that holds it renews ``heartbeat_at``; a silent one is taken to be dead."""

    kind = models.CharField(max_length=8, choices=RunKind.choices, default=RunKind.RETRAIN)
    status = models.CharField(max_length=9, choices=RunStatus.choices, default=RunStatus.QUEUED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    study = models.ForeignKey(
        "simulator.Study",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose data alone it works on; empty: the installation's.",
    )
    deploy = models.BooleanField(default=False, help_text="Deploy without a further click.")
    progress = models.FloatField(default=0.0, help_text="0 to 1.")
    message = models.CharField(max_length=200, blank=True)
    log = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    options = models.JSONField(default=dict, blank=True, help_text="What was asked for, if the kind asks.")

    parent_version = models.CharField(
        max_length=80, blank=True, help_text="The version that served when it began, or was compressed."
    )
    version = models.CharField(max_length=80, blank=True, help_text="The version that came out of it.")
    comparison = models.JSONField(default=dict, blank=True)
    lineage = models.JSONField(
        default=dict, blank=True, help_text="Ids of everything that it was trained on."
    )
    label_run = models.ForeignKey(LabelRun, null=True, blank=True, on_delete=models.SET_NULL)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    deployed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(status__in=ACTIVE, study=None),
                name="one_active_run_per_kind",
            ),
            models.UniqueConstraint(
                fields=["kind", "study"],
                condition=Q(status__in=ACTIVE),
                name="one_active_run_per_kind_and_study",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk} ({self.status})"

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def makes_version(self) -> bool:
        return self.kind in MAKES_VERSIONS

    @property
    def percent(self) -> int:
        return round(self.progress * 100)
