"""Writing the audit log."""

from simulator.models import AuditAction, AuditEntry, User


def audit_record(
    *,
    person: User,
    action: AuditAction,
    what: str,
    subject: str = "",
    status: int = 200,
    request_id: str = "",
) -> None:
    """Note that a person read or changed something."""
    AuditEntry.objects.create(
        person=person,
        action=action,
        what=what[:80],
        subject=subject[:160],
        status=status,
        request_id=request_id,
    )
