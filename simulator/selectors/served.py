"""Replies by the model version that read the question: the far end of a label's lineage."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from simulator import errors
from simulator.models import Turn, TurnStatus, User

from .session import sessions_for

ServedTurns = QuerySet[Turn]


@dataclass(frozen=True, slots=True)
class Served:
    """How many replies a version had a part in, and how many of them it gave alone."""

    replies: int
    alone: int


def replies_served(viewer: User, versions: Collection[str]) -> ServedTurns:
    """Answered turns of the viewer's studies that one of these versions read, newest first.

    Whether machine or person answered then is in ``answered_by``: the version decided which of them did, and
    the question type on the teacher's report is its own.

    Raises:
        NotAllowed: only researchers follow a label.
    """
    if not viewer.is_researcher:
        raise errors.NotAllowed
    turns = Turn.objects.filter(
        session__in=sessions_for(viewer).filter(erased_at=None),
        status=TurnStatus.REPLIED,
        model_version__in=versions,
    )
    return turns.select_related("session__scenario", "reply").order_by("-opened_at", "-pk")


def served_counts(viewer: User, versions: Collection[str]) -> dict[str, Served]:
    """Version -> its replies, versions without any left out. Raises NotAllowed."""
    rows = (
        replies_served(viewer, versions)
        .order_by()
        .values("model_version")
        .annotate(replies=Count("pk"), alone=Count("pk", filter=Q(answered_by__startswith="machine:")))
    )
    return {row["model_version"]: Served(row["replies"], row["alone"]) for row in rows}


def turn_of(viewer: User, event_id: uuid.UUID | None) -> Turn | None:
    """The turn that a teacher's line opened, where the viewer may read it."""
    if event_id is None or not viewer.is_researcher:
        return None
    mine = Turn.objects.filter(asked_id=event_id, session__in=sessions_for(viewer).filter(erased_at=None))
    return mine.select_related("session").first()
