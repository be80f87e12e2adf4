"""People. One role each: what a person may see and do follows from it and from the studies they are in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    TEACHER = "teacher", _("Teacher")
    SUPERVISOR = "supervisor", _("Supervisor")
    ANNOTATOR = "annotator", _("Annotator")
    RESEARCHER = "researcher", _("Researcher")


class User(AbstractUser):
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.TEACHER)
    display_name = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def is_researcher(self) -> bool:
        return self.role == Role.RESEARCHER

    @property
    def may_supervise(self) -> bool:
        return self.role in (Role.SUPERVISOR, Role.RESEARCHER)

    @property
    def may_annotate(self) -> bool:
        return self.role in (Role.ANNOTATOR, Role.RESEARCHER)

    @property
    def actor(self) -> str:
        """How the log names this person."""
        return f"user:{self.pk}"
