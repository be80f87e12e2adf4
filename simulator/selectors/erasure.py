"""What is erased, what is due to be, and what remains to be cleared."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from simulator import errors
from simulator.models import Consent, Erasure, Session, Study, Turn, User

from .study import studies_for


def withdrawn_sessions() -> QuerySet[Session]:
    """Rehearsals from before a withdrawal that are not erased yet."""
    withdrawn = Consent.objects.filter(
        person=OuterRef("teacher"), text__study=OuterRef("study"), withdrawn_at__gte=OuterRef("started_at")
    )
    return Session.objects.filter(Exists(withdrawn), erased_at=None).order_by("pk")


def sessions_of(person: User) -> QuerySet[Session]:
    """Everything that a teacher said and that is not erased yet."""
    return Session.objects.filter(teacher=person, erased_at=None).order_by("pk")


def sessions_past_retention(study: Study, *, days: int | None = None) -> QuerySet[Session]:
    """Rehearsals that ended longer ago than the study keeps them, oldest first.

    Args:
        days: in the place of a time that the study does not set.
    """
    kept = study.retention_days if study.retention_days is not None else days
    if kept is None:
        return Session.objects.none()
    limit = timezone.now() - timedelta(days=kept)
    return Session.objects.filter(study=study, erased_at=None, ended_at__lt=limit).order_by("ended_at", "pk")


def erased_event_ids() -> set[uuid.UUID]:
    """Every line of a teacher whose words are gone."""
    return set(Turn.objects.exclude(session__erased_at=None).values_list("asked_id", flat=True))


def latest_erasure() -> datetime | None:
    """When something was erased last."""
    found: datetime | None = Erasure.objects.aggregate(latest=Max("at"))["latest"]
    return found


def own_erasures(person: User) -> QuerySet[Erasure]:
    """What was erased because the person withdrew or asked for it, newest first."""
    return Erasure.objects.filter(person=person).select_related("study")


def erasures_for(viewer: User) -> QuerySet[Erasure]:
    """Erasures in the viewer's studies, and of their members, newest first.

    Raises:
        NotAllowed: only researchers read it.
    """
    if not viewer.is_researcher:
        raise errors.NotAllowed
    studies = studies_for(viewer)
    members = User.objects.filter(studies__in=studies).values("pk")
    found = Erasure.objects.filter(study__in=studies) | Erasure.objects.filter(person__in=members)
    return found.select_related("person", "study").distinct()
