"""Deciding where labels disagree, and who may."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation.access import Viewer, require_researcher
from annotation.errors import AlreadyDecided, DecisionInvalid, NotFound, NothingToUndo, TicketUnknown
from annotation.models import Action, Adjudication, Adjudicator, ItemTicket, Purpose
from annotation.selectors.adjudication import disputes_for, own_decisions, require_adjudicator, votes_on
from annotation.selectors.visible import seen_by
from models_zoo.labels import QUESTION_TYPES

from .annotation import MOST_COMMENT
from .codebook import codebook_current
from .second_look import second_look_review


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the page sends: a type, or that the item is no good."""

    label: str = ""
    data_issue: bool = False
    reason: str = ""

    def checked(self) -> "Verdict":
        """Raises DecisionInvalid."""
        if self.data_issue:
            return Verdict("", True, self.reason.strip()[:MOST_COMMENT])
        if self.label not in QUESTION_TYPES:
            raise DecisionInvalid
        return Verdict(self.label, False, self.reason.replace("\0", "").strip()[:MOST_COMMENT])


@transaction.atomic
def dispute_next(
    *, viewer: Viewer, dataset_id: int | None = None, without: Sequence[int] = ()
) -> ItemTicket | None:
    """Hand the viewer the next dispute; None when there is none.

    From then on the item is no longer theirs to label, since they know what others said.
    """
    item = disputes_for(viewer, dataset_id=dataset_id).exclude(pk__in=without).first()
    if item is None:
        return None
    same = {
        "item": item,
        "annotator_id": viewer.pk,
        "codebook": codebook_current(),
        "purpose": Purpose.ADJUDICATE,
    }
    return ItemTicket.objects.filter(**same, used_at=None).first() or ItemTicket.objects.create(**same)


@transaction.atomic
def adjudication_save(*, viewer: Viewer, ticket_id: str, txn: str, verdict: Verdict) -> Adjudication:
    """Store a decision with the labels that it was made on. The same ``txn`` again returns the first row.

    Raises:
        DecisionInvalid: neither a type nor a data issue.
        TicketUnknown: the dispute was not handed to the viewer.
        AlreadyDecided: a decision stands.
    """
    require_adjudicator(viewer)
    if first := Adjudication.objects.filter(adjudicator_id=viewer.pk, txn=txn).first():
        return first
    given = verdict.checked()
    ticket = _ticket(viewer, ticket_id)
    try:
        with transaction.atomic():
            decision = Adjudication.objects.create(
                item=ticket.item,
                adjudicator_id=viewer.pk,
                ticket=ticket,
                codebook=ticket.codebook,
                label=given.label,
                data_issue=given.data_issue,
                reason=given.reason,
                txn=txn,
            )
    except IntegrityError as error:  # one standing decision an item
        raise AlreadyDecided from error
    decision.votes.set([vote.annotation for vote in votes_on(ticket.item)])
    ItemTicket.objects.filter(pk=ticket.pk).update(used_at=timezone.now())
    second_look_review(item_id=ticket.item_id)
    return decision


def _ticket(viewer: Viewer, ticket_id: str) -> ItemTicket:
    try:
        key = uuid.UUID(ticket_id)
    except ValueError as error:
        raise TicketUnknown from error
    tickets = ItemTicket.objects.filter(
        seen_by(viewer.pk, "item__dataset"), pk=key, annotator_id=viewer.pk, purpose=Purpose.ADJUDICATE
    )
    ticket = tickets.select_related("item", "codebook").first()
    if ticket is None:
        raise TicketUnknown
    return ticket


@transaction.atomic
def adjudication_undo(*, viewer: Viewer, txn: str) -> Adjudication:
    """Take back the viewer's latest decision; its dispute is open again. Again goes further back.

    Raises:
        NothingToUndo: no decision of the viewer stands.
    """
    mine = own_decisions(viewer)
    if first := mine.filter(txn=txn, action=Action.UNDO).first():
        return first.supersedes.get()
    latest = mine.filter(is_standing=True).order_by("-pk").first()
    if latest is None:
        raise NothingToUndo
    undo = Adjudication.objects.create(
        item_id=latest.item_id,
        adjudicator_id=viewer.pk,
        codebook_id=latest.codebook_id,
        action=Action.UNDO,
        is_standing=False,
        txn=txn,
    )
    mine.filter(pk=latest.pk).update(is_standing=False, superseded_by=undo)
    return latest


@transaction.atomic
def adjudicator_entitle(*, viewer: Viewer, person_id: int, entitled: bool) -> None:
    """Let an annotator decide disputes, or no longer. Repeating changes nothing.

    Raises:
        NotFound: there is no such annotator.
    """
    require_researcher(viewer)
    people = get_user_model().objects.filter(role="annotator", is_active=True)
    if not people.filter(pk=person_id).exists():
        raise NotFound
    if entitled:
        Adjudicator.objects.get_or_create(person_id=person_id, defaults={"granted_by_id": viewer.pk})
    else:
        Adjudicator.objects.filter(person_id=person_id).delete()
