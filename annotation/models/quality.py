"""What is done about labels that disagree, and what is known about who gave them."""

from django.conf import settings
from django.db import models

from .annotation import Action, Annotation, ItemTicket
from .codebook import Codebook
from .dataset import Dataset, Item


class Adjudicator(models.Model):
    """An annotator who may decide where others disagree. Researchers may without it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="adjudicator"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.person)


class Adjudication(models.Model):
    """A decision about an item whose labels disagree. Rows are only added; the standing one is the truth."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="adjudications")
    adjudicator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="adjudications"
    )
    ticket = models.ForeignKey(ItemTicket, null=True, on_delete=models.PROTECT, related_name="+")
    codebook = models.ForeignKey(Codebook, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=5, choices=Action.choices, default=Action.LABEL)
    label = models.CharField(max_length=40, blank=True, help_text="Empty: the item is no good.")
    data_issue = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    votes = models.ManyToManyField(Annotation, related_name="+", help_text="The labels that were shown.")
    txn = models.CharField(max_length=64)
    is_standing = models.BooleanField(default=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=models.Q(is_standing=True),
                name="one_standing_adjudication_per_item",
            ),
            models.UniqueConstraint(fields=["adjudicator", "txn"], name="adjudication_is_idempotent"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.label or 'no good'}"


class ItemScore(models.Model):
    """What labelling an item is worth by each strategy; the larger, the sooner it comes."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="score")
    model_version = models.CharField(max_length=80)
    uncertainty = models.FloatField(help_text="Predictive entropy, nats.")
    bald = models.FloatField(help_text="Mutual information of answer and weights, nats.")
    fragility = models.FloatField(help_text="Largest eigenvalue of the Fisher information of the input.")
    diversity = models.FloatField(help_text="Cosine distance to what was labelled or comes before it.")
    consequence = models.FloatField(help_text="Expected replies that change if the model's guess is wrong.")
    at_stake = models.PositiveIntegerField(help_text="Replies that a flip to the runner-up would change.")
    computed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.item}: {self.consequence:.2f}"


class QualityReport(models.Model):
    """Agreement, accuracy and skill in one data set, as computed in a job; the newest counts."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="quality_reports")
    figures = models.JSONField()
    last_annotation = models.PositiveBigIntegerField(default=0, help_text="The newest row that it knows.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Quality of {self.dataset}, {self.created_at:%Y-%m-%d %H:%M}"
