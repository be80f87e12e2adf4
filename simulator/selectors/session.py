"""Sessions, as a person may see them."""

import uuid

from django.db.models import Exists, OuterRef, QuerySet

from simulator import errors
from simulator.models import Consent, Role, Session, User

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


def said_in(viewer: User, public_id: str | uuid.UUID) -> Session:
    """One session whose words are to be read.

    Raises:
        NotFound: it does not exist, or not for this person.
        Erased: its words are gone.
    """
    session = session_for(viewer, public_id)
    if session.erased_at is not None:
        raise errors.Erased
    return session


def without_withdrawn(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Leave out what was erased or recorded before its teacher withdrew: no analysis reads it."""
    withdrawn = Consent.objects.filter(
        person=OuterRef("teacher"), text__study=OuterRef("study"), withdrawn_at__gte=OuterRef("started_at")
    )
    return sessions.filter(erased_at=None).exclude(Exists(withdrawn))


def exportable_sessions(viewer: User) -> QuerySet[Session]:
    """All sessions of the viewer's studies that may be analysed, oldest first.

    Raises:
        NotAllowed: only researchers export.
    """
    if not viewer.is_researcher:
        raise errors.NotAllowed
    return without_withdrawn(sessions_for(viewer)).order_by("started_at", "pk")
