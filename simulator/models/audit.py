"""Who read or changed what. Append-only; the event log and the labels keep their own authors beside it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditAction(models.TextChoices):
    READ = "read", _("read")
    CHANGE = "change", _("changed")
    REFUSED = "refused", _("was refused")


class AuditEntry(models.Model):
    """One request, or one room watched, by somebody who was signed in."""

    at = models.DateTimeField(auto_now_add=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="audit_entries"
    )
    action = models.CharField(max_length=8, choices=AuditAction.choices)
    what = models.CharField(max_length=80, help_text="The name of the address or frame.")
    subject = models.CharField(
        max_length=160, blank=True, help_text="Which one: the changing parts of the address."
    )
    status = models.PositiveSmallIntegerField(default=200)
    request_id = models.CharField(
        max_length=36, blank=True, help_text="Finds the request's lines in the log."
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["person", "-at"], name="audit_by_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.action} {self.what} {self.subject}"
