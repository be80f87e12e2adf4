"""What a model version says about an item."""

from django.db import models

from .dataset import Item


class Suggestion(models.Model):
    """The newest one of an item counts; computing a version's answer again makes it the newest."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="suggestions")
    model_version = models.CharField(max_length=80)
    label = models.CharField(max_length=40)
    probabilities = models.JSONField(help_text="In the order of the question types.")
    predictive_entropy = models.FloatField(help_text="Nats.")
    mutual_information = models.FloatField(
        null=True, blank=True, help_text="Of answer and weights, nats: what the dropout passes disagree on."
    )
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "model_version"], name="one_suggestion_per_model_version")
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.label}"

    @property
    def confidence(self) -> float:
        return float(max(self.probabilities))
