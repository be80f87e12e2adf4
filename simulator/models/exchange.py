"""What students were made to say: the memory that candidate replies are retrieved from."""

from django.db import models

from .turn import Turn


class KnownExchange(models.Model):
    """A teacher's line and the reply that a supervisor gave or accepted. A projection of the log."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, related_name="exchange")
    scenario_slug = models.SlugField(max_length=80, db_index=True)
    teacher_text = models.TextField()
    reply_text = models.TextField()
    effects = models.JSONField(default=list)
    embedding = models.BinaryField(
        null=True,
        help_text="float32 little-endian of the frozen encoder; null until the engine has computed it.",
    )

    def __str__(self) -> str:
        return f"{self.teacher_text[:40]} -> {self.reply_text[:40]}"
