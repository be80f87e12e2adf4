"""Files on their way in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .dataset import Dataset
from .training import TrainingRun


class FileFormat(models.TextChoices):
    CSV = "csv", _("CSV")
    JSONL = "jsonl", _("JSON Lines")
    MATHDIAL = "mathdial", _("MathDial CSV")
    TALKMOVES = "talkmoves", _("TalkMoves transcript sheet")
    LABEL_STUDIO = "label_studio", _("Label Studio JSON")
    DOCCANO = "doccano", _("doccano JSON Lines")


class FileImport(models.Model):
    """An uploaded file: how it is to be read, how far it got, what came of it.

    ``position`` counts the records that are settled. It moves in the transaction that stores them, so going
    on after a stop neither doubles nor leaves out anything.
    """

    name = models.CharField(max_length=255, help_text="What the file was called.")
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=400, blank=True, help_text="Empty once the file has been deleted.")
    format = models.CharField(max_length=12, choices=FileFormat.choices)
    encoding = models.CharField(max_length=12, default="utf-8")
    columns = models.JSONField(default=dict, help_text="Which column says what.")
    study = models.ForeignKey(
        "simulator.Study",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Chosen at the upload; empty: everybody's.",
    )
    dataset_name = models.CharField(max_length=120)
    with_gold = models.BooleanField(default=False)
    with_labels = models.BooleanField(default=False)
    licence = models.CharField(max_length=120, blank=True)
    origin = models.TextField(blank=True)

    dry_run = models.BooleanField(default=True, help_text="Of the latest run: check only.")
    run = models.ForeignKey(TrainingRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="Records: new, known, labels, wrong.")
    dataset = models.ForeignKey(Dataset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True, help_text="Everything in it is settled.")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name


class ImportFault(models.Model):
    """A record that was not taken over, and why."""

    file_import = models.ForeignKey(FileImport, on_delete=models.CASCADE, related_name="faults")
    line = models.PositiveIntegerField()
    reason = models.TextField(help_text="Fault and mend.")

    class Meta:
        ordering = ["line", "pk"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class OutsideAnnotator(models.Model):
    """Somebody who labelled in another program: an account that nobody can sign in to stands for them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=200, help_text="The dataset of the file, or the server's address.")
    name = models.CharField(max_length=200, help_text="What they are called there.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "name"], name="one_account_per_outside_annotator")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.origin})"
