"""Who may read the audit log, and of whom."""

from django.db.models import Q, QuerySet

from simulator import errors
from simulator.models import AuditEntry, User

from .study import studies_for


def audit_entries_for(viewer: User) -> QuerySet[AuditEntry]:
    """What the viewer and the members of the viewer's studies read and changed, newest first.

    Raises:
        NotAllowed: only researchers read it.
    """
    if not viewer.is_researcher:
        raise errors.NotAllowed
    members = User.objects.filter(Q(studies__in=studies_for(viewer)) | Q(pk=viewer.pk))
    return AuditEntry.objects.filter(person__in=members).select_related("person")
