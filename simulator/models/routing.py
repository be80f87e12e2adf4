"""How a study decides which turns the machine answers alone, and every threshold that it ever had."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .study import Study


class RoutingPolicy(models.Model):
    """What a study promises its teachers and its data. A study without a row has the defaults."""

    study = models.OneToOneField(Study, on_delete=models.CASCADE, related_name="routing_policy")
    target_error = models.FloatField(
        _("Most turns answered alone that may be wrong"),
        default=0.05,
        validators=[MinValueValidator(0.005), MaxValueValidator(0.5)],
        help_text=_("As a share: 0.05 is 5 %."),
    )
    confidence = models.FloatField(
        _("Confidence"), default=0.90, validators=[MinValueValidator(0.5), MaxValueValidator(0.999)]
    )
    keeps_promise = models.BooleanField(
        _("Never answer alone above the guaranteed threshold"),
        default=False,
        help_text=_("While the verdicts support none, people answer every turn."),
    )
    audit_share = models.FloatField(
        _("Share of confident turns that are audited"),
        default=0.05,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("They go to a supervisor as if the machine were unsure. 0: none."),
    )
    governs = models.BooleanField(
        _("Let the threshold rise while teachers would have to wait"),
        default=False,
        help_text=_("Up to the guaranteed threshold, never above it."),
    )
    wait_limit_s = models.FloatField(
        _("Longest expected wait, in seconds"),
        default=30.0,
        validators=[MinValueValidator(1.0), MaxValueValidator(600.0)],
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audit_share__gte=0.0, audit_share__lte=1.0), name="audit_share_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return f"routing of {self.study}"


class ThresholdOrigin(models.TextChoices):
    CHOSEN = "chosen", _("chosen")
    GUARANTEE = "guarantee", _("guarantee")


class ThresholdRecord(models.Model):
    """A threshold of a study's scenario, with what it rested on when it was made. Rows are never changed.

    The newest ``chosen`` row is where the threshold rests, the newest ``guarantee`` row is what the verdicts
    support; ``threshold`` is empty where they support none, and ``refusal`` says why.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="thresholds")
    scenario_slug = models.SlugField(max_length=80)
    origin = models.CharField(max_length=12, choices=ThresholdOrigin.choices)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)
    threshold = models.FloatField(null=True, blank=True)

    model_version = models.CharField(max_length=80, blank=True)
    target = models.FloatField(null=True, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    verdicts = models.PositiveIntegerField(default=0, help_text="In the sample that the bound rests on.")
    n = models.PositiveIntegerField(default=0, help_text="Verdicts below the threshold.")
    wrong = models.PositiveIntegerField(default=0, help_text="Wrong ones among them.")
    bound = models.FloatField(null=True, blank=True)
    refusal = models.CharField(max_length=24, blank=True)
    needed = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["study", "scenario_slug", "origin", "-id"], name="threshold_newest")]

    def __str__(self) -> str:
        value = "none" if self.threshold is None else f"{self.threshold:.4f}"
        return f"{self.scenario_slug}: {value} ({self.described})"

    @property
    def described(self) -> str:
        """Where it comes from, as it is written on turns."""
        if self.origin == ThresholdOrigin.CHOSEN:
            return f"chosen by {self.made_by.username if self.made_by else 'nobody'}"
        if self.threshold is None or self.bound is None:
            return f"guarantee refused: {self.refusal}"
        return f"guarantee of n {self.n}, bound {self.bound:.4f}"
