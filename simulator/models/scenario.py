"""A scenario as it was when sessions used it. A changed file becomes a new version; sessions keep theirs."""

from functools import lru_cache

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from simulator.student.schema import Scenario, parse_scenario


@lru_cache(maxsize=256)
def _parsed(source: str) -> Scenario:
    return parse_scenario(source)


class ScenarioVersion(models.Model):
    slug = models.SlugField(max_length=80)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    source = models.TextField(help_text="The validated YAML.")
    checksum = models.CharField(max_length=64)
    threshold = models.FloatField(
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="The machine answers alone when the joint uncertainty is below this.",
    )
    is_active = models.BooleanField(default=True, help_text="Offered to teachers.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title", "-version"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="one_scenario_per_version")]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})"

    @property
    def content(self) -> Scenario:
        return _parsed(self.source)
