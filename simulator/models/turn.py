"""A turn: one message of the teacher and the one reply that it gets."""

from typing import Any

from django.db import models
from django.utils import timezone

from .event import Event
from .session import Session


class TurnStatus(models.TextChoices):
    OPEN = "open"  # waits for the engine
    PREDICTING = "predicting"  # an engine holds it under a lease
    AUTO = "auto"  # the machine's reply is decided and waits for its moment
    BACKUP_WAIT = "backup_wait"  # waits for a supervisor: the machine is unsure or failed
    VERIFY_WAIT = "verify_wait"  # waits for a supervisor: every reply is checked
    DECIDED = "decided"  # a supervisor's reply is decided and waits for its moment
    REPLIED = "replied"
    ABANDONED = "abandoned"  # the session ended first


WAITING = (TurnStatus.BACKUP_WAIT, TurnStatus.VERIFY_WAIT)
UNANSWERED = (TurnStatus.OPEN, TurnStatus.PREDICTING, TurnStatus.AUTO, *WAITING, TurnStatus.DECIDED)


class Turn(models.Model):
    """The state machine row of a turn, moved by compare-and-swap on (status, epoch).

    Whoever works on a turn holds a lease: ``holder`` until ``lease_until``, under ``epoch``. Taking over
    raises the epoch, so a late answer of a former holder no longer fits and is refused.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=TurnStatus.choices, default=TurnStatus.OPEN)
    text = models.TextField()
    asked = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="turn_asked")
    reply = models.OneToOneField(
        Event, on_delete=models.PROTECT, related_name="turn_replied", null=True, blank=True
    )

    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(
        help_text="The reply appears at this moment, or as soon after as it exists."
    )
    stall_at = models.DateTimeField(
        help_text="Without a reply by then the student says that they are thinking."
    )
    fallback_at = models.DateTimeField(help_text="Without a reply by then the safe fallback is said.")
    stalled = models.BooleanField(default=False)
    extended = models.BooleanField(default=False)
    replied_at = models.DateTimeField(null=True, blank=True)

    epoch = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=64, blank=True, help_text='"engine:<id>" or "user:<id>".')
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often an engine took it.")

    # What the engine found and why it was routed as it was; the same is in the log.
    prediction = models.JSONField(default=dict)
    route = models.CharField(
        max_length=32, blank=True, help_text='"certain", "uncertain", "verify", "failed", ...'
    )
    joint_uncertainty = models.FloatField(null=True, blank=True)
    threshold = models.FloatField(null=True, blank=True)
    model_version = models.CharField(max_length=80, blank=True)
    expected_wait_s = models.FloatField(
        null=True, blank=True, help_text="Expected wait for a supervisor when the turn was routed."
    )
    audit_share = models.FloatField(
        null=True, blank=True, help_text="Chance of a verdict that the turn had, had the machine been sure."
    )
    audited = models.BooleanField(
        default=False, help_text="The machine was sure; a person was asked blindly. The route says uncertain."
    )
    machine_wrong = models.BooleanField(
        null=True, blank=True, help_text="The supervisor's verdict on the machine's first reply."
    )

    # What a supervisor put right in the machine's reading, and the candidates that followed from it.
    repair = models.JSONField(default=dict, blank=True)

    # The reply while it waits for its moment.
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.JSONField(default=dict)
    answered_by = models.CharField(max_length=64, blank=True, help_text="Actor of the decision.")

    class Meta:
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="turn_number_unique_in_session")
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="turn_by_status")]

    def __str__(self) -> str:
        return f"turn {self.number} ({self.status})"

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """The replies on offer: those after a repair, else those that the machine proposed."""
        found: list[dict[str, Any]] = self.repair.get("candidates") or self.prediction.get("candidates", [])
        return found

    @property
    def claimant(self) -> str:
        """The supervisor whose claim has not run out, or an empty string."""
        lasts = self.lease_until is not None and self.lease_until > timezone.now()
        return self.supervisor if lasts else ""

    @property
    def supervisor(self) -> str:
        """The actor that holds the claim, or an empty string."""
        return self.holder if self.holder.startswith("user:") else ""
