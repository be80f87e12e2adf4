"""A ticket that comes back with an answer, and all that storing the answer needs to know, in one query."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from annotation.access import Viewer
from annotation.errors import TicketUnknown
from annotation.models import Annotation, ItemTicket, StudyArm
from simulator.selectors import Prepared

from .visible import seen_by


@dataclass(frozen=True, slots=True)
class SentTicket:
    """What went out under a ticket and what is known of its item since.

    Attributes:
        repeated: the label that was stored under the same ``txn`` before. ``standing``: the one that stands.
        first_active_ms, first_idle_ms: of the answer before the reveal, until a label counts them.
    """

    row: ItemTicket
    suggested: str
    suggested_by: str
    repeated: int | None
    standing: int | None
    wants_first_answer: bool
    first_active_ms: int
    first_idle_ms: int


def _rows(ticket: uuid.UUID, annotator: int, txn: str) -> QuerySet[ItemTicket]:
    mine = Annotation.objects.filter(annotator_id=annotator).order_by()
    standing = mine.filter(item=OuterRef("item"), is_standing=True)
    mine_still = seen_by(annotator, "item__dataset")  # who left the study holds tickets for nothing
    return ItemTicket.objects.filter(mine_still, pk=ticket, annotator_id=annotator).annotate(
        said=F("suggestion__label"),
        said_by=F("suggestion__model_version"),
        arm=F("task__arm"),
        answered=F("task__answered_at"),
        first_active=F("task__first_active_ms"),
        first_idle=F("task__first_idle_ms"),
        counted=Exists(mine.filter(ticket__task=OuterRef("task"))),
        repeated=Subquery(mine.filter(txn=txn).values("pk")[:1]),
        standing=Subquery(standing.values("pk")[:1]),
    )


_tickets: Prepared[ItemTicket] = Prepared(_rows, ticket=uuid.UUID, annotator=int, txn=str)


def sent_ticket(viewer: Viewer, ticket_id: str, txn: str) -> SentTicket:
    """Raises TicketUnknown: it is no ticket, or not one of the viewer's."""
    try:
        found = _tickets(ticket=uuid.UUID(ticket_id), annotator=viewer.pk, txn=txn)
    except ValueError as error:
        raise TicketUnknown from error
    if not found:
        raise TicketUnknown
    known: dict[str, Any] = vars(found[0])
    fresh = known["arm"] == StudyArm.REVEAL and not known["counted"]
    return SentTicket(
        row=found[0],
        suggested=known["said"] or "",
        suggested_by=known["said_by"] or "",
        repeated=known["repeated"],
        standing=known["standing"],
        wants_first_answer=known["arm"] == StudyArm.REVEAL and known["answered"] is None,
        first_active_ms=known["first_active"] if fresh else 0,
        first_idle_ms=known["first_idle"] if fresh else 0,
    )
