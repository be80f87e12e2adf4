"""Sessions, as a person may see them."""

import uuid

from django.db.models import QuerySet

from simulator import errors
from simulator.models import Role, Session, User

from .study import studies_for


def sessions_for(viewer: User) -> QuerySet[Session]:
    """A teacher's own sessions; supervisors and researchers those of their studies; nobody else any."""
    sessions = Session.objects.select_related("scenario", "teacher", "study", "seized_by")
    if viewer.role == Role.TEACHER:
        return sessions.filter(teacher=viewer)
    if viewer.may_supervise:
        return sessions.filter(study__in=studies_for(viewer))
    return sessions.none()


def session_for(viewer: User, public_id: str | uuid.UUID) -> Session:
    """One session.

    Raises:
        NotFound: it does not exist, or not for this person.
    """
    try:
        wanted = uuid.UUID(str(public_id))
    except ValueError:
        raise errors.NotFound from None
    session = sessions_for(viewer).filter(public_id=wanted).first()
    if session is None:
        raise errors.NotFound
    return session
