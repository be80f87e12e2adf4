"""A rehearsal: one teacher, one simulated student, one scenario."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from simulator.student.state import StudentState

from .person import User
from .scenario import ScenarioVersion
from .study import Study


class Mode(models.TextChoices):
    BACKUP = "backup", _("Backup: a person answers the turns that the machine is unsure of")
    VERIFY = "verify", _("Verify: a person checks every reply")


class EndReason(models.TextChoices):
    FINISHED = "finished", _("Finished by the teacher")
    TIME_UP = "time_up", _("The time was up")
    INACTIVE = "inactive", _("Nothing was said for a long time")
    STOPPED = "stopped", _("Stopped by the study team")
    WITHDRAWN = "withdrawn", _("Consent was withdrawn")


class Session(models.Model):
    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="sessions")
    scenario = models.ForeignKey(ScenarioVersion, on_delete=models.PROTECT, related_name="sessions")
    teacher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sessions")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.BACKUP)
    pacing_scale = models.FloatField(
        default=1.0, help_text="Multiplies every reply delay; 0 answers at once."
    )
    seed = models.PositiveIntegerField(default=0, help_text="Seeds dropout and pacing.")

    started_at = models.DateTimeField(auto_now_add=True)
    deadline_at = models.DateTimeField()
    last_active_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)

    erased_at = models.DateTimeField(
        null=True,
        blank=True,
        db_index=True,
        help_text="What was said is gone; the log keeps its numbers only.",
    )

    # Projections of the log, written in the transaction that appends.
    head = models.PositiveIntegerField(default=0, help_text="The seq of the newest event.")
    state = models.JSONField(
        default=dict, help_text="What the student has claimed; equals the effects in the log."
    )
    seized_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="seized_sessions",
    )
    seized_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["ended_at", "deadline_at"], name="session_open_by_deadline")]

    def __str__(self) -> str:
        return f"{self.scenario.title}, {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def holder(self) -> "User | None":
        """The supervisor who has taken over the room, for as long as the seizure lasts."""
        lasts = self.seized_until is not None and self.seized_until > timezone.now()
        return self.seized_by if lasts else None

    @property
    def student_state(self) -> StudentState:
        return StudentState.from_json(self.state)
