"""A comparison of ways to label: who labels what in which arm, and what came of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .codebook import Codebook
from .dataset import Dataset, Item
from .suggestion import Suggestion


class StudyArm(models.TextChoices):
    """How the suggestion meets the annotator; the values are those of ``annotation.studies.arms.Arm``."""

    CLASSICAL = "classical", _("Classical: no suggestion")
    ASSISTED = "assisted", _("Assisted: the suggestion is prefilled")
    REVEAL = "reveal", _("Answer first: the suggestion is shown after an answer of one’s own")


class LabellingStudy(models.Model):
    """Set up, then started once, then ended once; from the start on nothing of its plan changes."""

    title = models.CharField(max_length=120)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="labelling_studies")
    codebook = models.ForeignKey(Codebook, on_delete=models.PROTECT, related_name="+")
    annotators = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    arms = models.JSONField(help_text="Values of StudyArm; the first is what the others are compared with.")
    gold_only = models.BooleanField(
        default=True, help_text="Only questions with an expert's label, so that accuracy is known for all."
    )
    size = models.PositiveIntegerField(help_text="Questions that each annotator labels.")
    seed = models.CharField(max_length=32, help_text="Everything random follows from it.")
    expected = models.JSONField(
        default=dict, help_text="What the power calculation assumed: mean_s, sd_s, accuracy; base, then with."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "title"], name="labelling_study_title_unique_in_dataset"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.ended_at is None


class StudyTask(models.Model):
    """One item for one annotator of a study: the arm that chance gave it, and the suggestion of every arm."""

    study = models.ForeignKey(LabellingStudy, on_delete=models.CASCADE, related_name="tasks")
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="study_tasks")
    arm = models.CharField(max_length=9, choices=StudyArm.choices)
    place = models.PositiveIntegerField(help_text="Order of work, drawn for each annotator.")
    suggestion = models.ForeignKey(Suggestion, null=True, on_delete=models.SET_NULL, related_name="+")

    first_labels = models.JSONField(default=list, help_text="The answer before the reveal.")
    first_data_issue = models.BooleanField(default=False)
    first_active_ms = models.PositiveIntegerField(default=0)
    first_idle_ms = models.PositiveIntegerField(default=0)
    first_txn = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "annotator", "item"], name="one_task_per_person_and_item"
            )
        ]
        indexes = [models.Index(fields=["annotator", "study", "place"], name="study_task_by_place")]

    def __str__(self) -> str:
        return f"{self.study}: {self.item} for {self.annotator} ({self.arm})"

    @property
    def shows_suggestion(self) -> bool:
        """Whether the annotator sees the suggestion now."""
        return self.arm == StudyArm.ASSISTED or (self.arm == StudyArm.REVEAL and self.answered_at is not None)

    @property
    def wants_first_answer(self) -> bool:
        return self.arm == StudyArm.REVEAL and self.answered_at is None


class StudyReport(models.Model):
    """What a study found so far, as its page shows it."""

    study = models.ForeignKey(LabellingStudy, on_delete=models.CASCADE, related_name="reports")
    figures = models.JSONField()
    last_annotation = models.BigIntegerField(default=0, help_text="The newest label when it was measured.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"report on {self.study}, {self.created_at:%d %b %H:%M}"
