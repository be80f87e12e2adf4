"""Labelling functions that researchers write on a page. What a version says is never edited."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleKind(models.TextChoices):
    KEYWORDS = "keywords", _("Keywords")
    PATTERN = "pattern", _("Regular expression")
    PYTHON = "python", _("Python")
    ZERO_SHOT = "zero_shot", _("Zero-shot model")


class Rule(models.Model):
    """One labelling function; the newest version is the one that votes, while it is enabled."""

    name = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=9, choices=RuleKind.choices)
    enabled = models.BooleanField(default=True)
    switched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    switched_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """What a rule said from some moment on, and who wrote it."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    description = models.CharField(max_length=200)
    label = models.CharField(max_length=60, blank=True, help_text="What it votes for; Python and models say.")
    body = models.TextField(help_text="Keywords, a pattern, source text, or descriptions as JSON.")
    options = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_number")]

    def __str__(self) -> str:
        return f"{self.rule}, version {self.number}"
