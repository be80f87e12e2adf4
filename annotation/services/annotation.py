"""What an annotator does: take an item, label it, skip it, take that back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation.access import Viewer, require_annotator
from annotation.errors import AlreadyLabelled, LabelInvalid, NothingToUndo, TicketUnknown
from annotation.models import Action, Annotation, Item, ItemTicket, Outcome, Purpose
from annotation.selectors.queue import queue_for, recheck_for
from models_zoo.labels import QUESTION_TYPES

from .codebook import codebook_current
from .planting import planted_label

MOST_MS = 12 * 60 * 60 * 1000  # a browser's clock may jump; nobody looks at one question for half a day
MOST_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the page sends."""

    labels: tuple[str, ...] = ()
    data_issue: bool = False
    comment: str = ""
    skipped: bool = False
    active_ms: int = 0
    idle_ms: int = 0

    def checked(self) -> "Judgement":
        """Raises LabelInvalid: an unknown or repeated type, or none where one is needed."""
        known = set(self.labels) <= set(QUESTION_TYPES) and len(set(self.labels)) == len(self.labels)
        if not known or not (self.labels or self.skipped or self.data_issue):
            raise LabelInvalid
        return Judgement(
            labels=() if self.skipped else self.labels,
            data_issue=self.data_issue,
            comment=self.comment.replace("\0", "").strip()[:MOST_COMMENT],
            skipped=self.skipped,
            active_ms=min(max(self.active_ms, 0), MOST_MS),
            idle_ms=min(max(self.idle_ms, 0), MOST_MS),
        )


@transaction.atomic
def ticket_next(
    *,
    viewer: Viewer,
    dataset_id: int | None = None,
    skipped: bool = False,
    recheck: bool = False,
    without: Sequence[int] = (),
) -> ItemTicket | None:
    """Hand the viewer the next item; None when the queue is empty.

    Args:
        skipped: from those that the viewer skipped before.
        recheck: from those that the viewer labelled under an old meaning.
        without: items that the page holds already.
    """
    if recheck:
        items, purpose = recheck_for(viewer, dataset_id=dataset_id), Purpose.RECHECK
    else:
        items, purpose = queue_for(viewer, dataset_id=dataset_id, skipped=skipped), Purpose.LABEL
    item = items.exclude(pk__in=without).first()
    return ticket_issue(viewer=viewer, item=item, purpose=purpose) if item else None


@transaction.atomic
def ticket_issue(*, viewer: Viewer, item: Item, purpose: Purpose = Purpose.LABEL) -> ItemTicket:
    """Note that ``item`` goes to the viewer now, with its newest suggestion unless the item is held out.

    Looking again at one's own label shows that label, and no suggestion.

    An unused ticket that says the same is given again, so that a reload leaves no trace.
    """
    require_annotator(viewer)
    suggestion = item.suggestions.first()
    codebook = codebook_current()
    shown = suggestion is not None and not item.holdout and purpose == Purpose.LABEL
    planted = planted_label(item=item, annotator_id=viewer.pk, suggestion=suggestion) if shown else ""
    same = {
        "item": item,
        "annotator_id": viewer.pk,
        "codebook": codebook,
        "suggestion": suggestion,
        "suggestion_shown": shown,
        "purpose": purpose,
        "planted_label": planted,
    }
    return ItemTicket.objects.filter(**same, used_at=None).first() or ItemTicket.objects.create(**same)


@transaction.atomic
def annotation_save(*, viewer: Viewer, ticket_id: str, txn: str, judgement: Judgement) -> Annotation:
    """Store a label or a skip. The same ``txn`` again returns the first row, so a browser may retry.

    Raises:
        LabelInvalid: the judgement makes no sense.
        TicketUnknown: the ticket was not issued to the viewer.
        AlreadyLabelled: a label of the viewer stands; a skip gives way, and so does a label that was to be
            looked at again.
    """
    require_annotator(viewer)
    if first := Annotation.objects.filter(annotator_id=viewer.pk, txn=txn).first():
        return first
    judged = judgement.checked()
    ticket = _ticket(viewer, ticket_id)
    standing = Annotation.objects.filter(item=ticket.item, annotator_id=viewer.pk, is_standing=True).first()
    if not _may_replace(standing, ticket, judged):
        raise AlreadyLabelled
    annotation = _row(viewer, ticket, txn, judged)
    if standing is not None:
        Annotation.objects.filter(pk=standing.pk).update(is_standing=False)
    try:
        with transaction.atomic():
            annotation.save()
    except IntegrityError as error:  # another tab was quicker by a moment
        raise AlreadyLabelled from error
    if standing is not None:
        Annotation.objects.filter(pk=standing.pk).update(superseded_by=annotation)
    ItemTicket.objects.filter(pk=ticket.pk).update(used_at=timezone.now())
    return annotation


def _may_replace(standing: Annotation | None, ticket: ItemTicket, judged: Judgement) -> bool:
    if ticket.purpose == Purpose.RECHECK:
        return standing is not None and standing.codebook_id != ticket.codebook_id and not judged.skipped
    return ticket.purpose == Purpose.LABEL and (standing is None or standing.action != Action.LABEL)


def _ticket(viewer: Viewer, ticket_id: str) -> ItemTicket:
    try:
        key = uuid.UUID(ticket_id)
    except ValueError as error:
        raise TicketUnknown from error
    tickets = ItemTicket.objects.select_related("item", "codebook", "suggestion")
    ticket = tickets.filter(pk=key, annotator_id=viewer.pk).first()
    if ticket is None:
        raise TicketUnknown
    return ticket


def _row(viewer: Viewer, ticket: ItemTicket, txn: str, judged: Judgement) -> Annotation:
    suggested = ticket.suggestion.label if ticket.suggestion else ""
    return Annotation(
        item=ticket.item,
        annotator_id=viewer.pk,
        ticket=ticket,
        codebook=ticket.codebook,
        action=Action.SKIP if judged.skipped else Action.LABEL,
        labels=list(judged.labels),
        data_issue=judged.data_issue,
        comment=judged.comment,
        suggestion_shown=ticket.suggestion_shown,
        suggested_label=suggested,
        planted_label=ticket.planted_label,
        suggested_by=ticket.suggestion.model_version if ticket.suggestion else "",
        outcome=_outcome(ticket, judged),
        active_ms=judged.active_ms,
        idle_ms=judged.idle_ms,
        txn=txn,
    )


def _outcome(ticket: ItemTicket, judged: Judgement) -> Outcome:
    if ticket.planted_label:
        return Outcome.PLANTED
    if not ticket.suggestion_shown or judged.skipped or not judged.labels:
        return Outcome.UNASSISTED
    return Outcome.KEPT if judged.labels[0] == ticket.shown_label else Outcome.CHANGED


@transaction.atomic
def annotation_undo(*, viewer: Viewer, txn: str) -> tuple[Annotation, ItemTicket]:
    """Take back the viewer's latest label or skip; again goes further back.

    What was looked at again falls back to the label that it had before. Returns what was taken back, and a
    fresh ticket for its item. The same ``txn`` again takes nothing more
    back.

    Raises:
        NothingToUndo: nothing of the viewer stands.
    """
    require_annotator(viewer)
    mine = Annotation.objects.filter(annotator_id=viewer.pk)
    if first := mine.filter(txn=txn, action=Action.UNDO).first():
        undone = first.supersedes.select_related("item", "ticket").get()
        return undone, ticket_issue(viewer=viewer, item=undone.item, purpose=_purpose(undone))
    standing = mine.filter(is_standing=True).select_related("item", "codebook", "ticket")
    latest = standing.order_by("-pk").first()
    if latest is None:
        raise NothingToUndo
    undo = Annotation.objects.create(
        item=latest.item,
        annotator_id=viewer.pk,
        codebook=latest.codebook,
        action=Action.UNDO,
        is_standing=False,
        txn=txn,
    )
    mine.filter(pk=latest.pk).update(is_standing=False, superseded_by=undo)
    purpose = _purpose(latest)
    if purpose == Purpose.RECHECK:
        latest.supersedes.update(is_standing=True, superseded_by=None)
    return latest, ticket_issue(viewer=viewer, item=latest.item, purpose=purpose)


def _purpose(annotation: Annotation) -> Purpose:
    return Purpose(annotation.ticket.purpose) if annotation.ticket else Purpose.LABEL
