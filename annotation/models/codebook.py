"""What the labels mean. Never edited: a change is a new version, and each label names its own."""

from django.db import models


class Codebook(models.Model):
    version = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=120)
    guidelines = models.TextField(help_text="How to decide, in paragraphs.")
    types = models.JSONField(
        help_text='[{"label", "definition", "examples": [...]}], in the order of the number keys.'
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
