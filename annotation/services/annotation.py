"""What an annotator does: label an item, skip it, take that back."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.access import Viewer, require_annotator
from annotation.errors import AlreadyLabelled, FirstAnswerMissing, LabelInvalid, NothingToUndo
from annotation.models import Action, Annotation, ItemTicket, Outcome, Purpose
from annotation.selectors.sent import SentTicket, sent_ticket
from annotation.selectors.visible import annotations_for
from models_zoo.labels import QUESTION_TYPES

from .second_look import second_look_review
from .ticket import ticket_issue, ticket_next

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


def annotation_save(*, viewer: Viewer, ticket_id: str, txn: str, judgement: Judgement) -> Annotation:
    """Store a label or a skip. The same ``txn`` again returns the first row, so a browser may retry.

    Raises:
        LabelInvalid: the judgement makes no sense.
        TicketUnknown: the ticket was not issued to the viewer.
        AlreadyLabelled: a label of the viewer stands; a skip gives way, and so does a label that was to be
            looked at again.
        FirstAnswerMissing: the ticket's arm wants an answer before it shows the suggestion.
    """
    require_annotator(viewer)
    try:
        with transaction.atomic():
            return _save(viewer, ticket_id, txn, judgement)
    except IntegrityError as error:  # another tab was quicker by a moment
        raise AlreadyLabelled from error


def annotation_save_and_next(
    *, viewer: Viewer, ticket_id: str, txn: str, judgement: Judgement, **queue: Any
) -> tuple[Annotation, ItemTicket | None]:
    """As ``annotation_save``, and hand out what comes next in the same transaction: one wait for the disk.

    Args:
        queue: what ``ticket_next`` takes.
    """
    require_annotator(viewer)
    try:
        with transaction.atomic():
            annotation = _save(viewer, ticket_id, txn, judgement)
            return annotation, ticket_next(viewer=viewer, **queue)
    except IntegrityError as error:
        raise AlreadyLabelled from error


def _save(viewer: Viewer, ticket_id: str, txn: str, judgement: Judgement) -> Annotation:
    ticket = sent_ticket(viewer, ticket_id, txn)
    if ticket.repeated is not None:
        return Annotation.objects.get(pk=ticket.repeated)
    judged = judgement.checked()
    if ticket.wants_first_answer and not judged.skipped:
        raise FirstAnswerMissing
    standing = Annotation.objects.filter(pk=ticket.standing).first() if ticket.standing else None
    if not _may_replace(standing, ticket.row, judged):
        raise AlreadyLabelled
    annotation = _row(viewer, ticket, txn, judged)
    if standing is not None:
        Annotation.objects.filter(pk=standing.pk).update(is_standing=False)
    annotation.save(force_insert=True)
    if standing is not None:
        Annotation.objects.filter(pk=standing.pk).update(superseded_by=annotation)
    ItemTicket.objects.filter(pk=ticket.row.pk).update(used_at=timezone.now())
    second_look_review(item_id=ticket.row.item_id)
    return annotation


def _may_replace(standing: Annotation | None, ticket: ItemTicket, judged: Judgement) -> bool:
    if ticket.purpose == Purpose.RECHECK:
        return standing is not None and standing.codebook_id != ticket.codebook_id and not judged.skipped
    return ticket.purpose == Purpose.LABEL and (standing is None or standing.action != Action.LABEL)


def _row(viewer: Viewer, sent: SentTicket, txn: str, judged: Judgement) -> Annotation:
    ticket = sent.row
    return Annotation(
        item_id=ticket.item_id,
        annotator_id=viewer.pk,
        ticket_id=ticket.pk,
        codebook_id=ticket.codebook_id,
        action=Action.SKIP if judged.skipped else Action.LABEL,
        labels=list(judged.labels),
        data_issue=judged.data_issue,
        comment=judged.comment,
        suggestion_shown=ticket.suggestion_shown,
        suggested_label=sent.suggested,
        planted_label=ticket.planted_label,
        suggested_by=sent.suggested_by,
        outcome=_outcome(sent, judged),
        active_ms=judged.active_ms + sent.first_active_ms,
        idle_ms=judged.idle_ms + sent.first_idle_ms,
        txn=txn,
    )


def _outcome(sent: SentTicket, judged: Judgement) -> Outcome:
    if sent.row.planted_label:
        return Outcome.PLANTED
    if not sent.row.suggestion_shown or judged.skipped or not judged.labels:
        return Outcome.UNASSISTED
    return Outcome.KEPT if judged.labels[0] == sent.suggested else Outcome.CHANGED


@transaction.atomic
def annotation_undo(*, viewer: Viewer, txn: str) -> tuple[Annotation, ItemTicket]:
    """Take back the viewer's latest label or skip; again goes further back.

    What was looked at again falls back to the label that it had before. Returns what was taken back, and a
    fresh ticket for its item. The same ``txn`` again takes nothing more back.

    Raises:
        NothingToUndo: nothing of the viewer stands, or the latest label belongs to a study that has ended.
    """
    require_annotator(viewer)
    mine = annotations_for(viewer).filter(annotator_id=viewer.pk)
    if first := mine.filter(txn=txn, action=Action.UNDO).first():
        undone = first.supersedes.select_related("item", "ticket").get()
        return undone, ticket_issue(viewer=viewer, item=undone.item, purpose=_purpose(undone))
    standing = mine.filter(is_standing=True).select_related("item", "codebook", "ticket__task__study")
    latest = standing.order_by("-pk").first()
    if latest is None:
        raise NothingToUndo
    if _of_ended_study(latest):
        raise NothingToUndo(_("The study that you gave your latest label in has ended, so the label stands."))
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
    second_look_review(item_id=latest.item_id)
    return latest, ticket_issue(viewer=viewer, item=latest.item, purpose=purpose)


def _of_ended_study(annotation: Annotation) -> bool:
    task = annotation.ticket.task if annotation.ticket else None
    return task is not None and task.study.ended_at is not None


def _purpose(annotation: Annotation) -> Purpose:
    return Purpose(annotation.ticket.purpose) if annotation.ticket else Purpose.LABEL
