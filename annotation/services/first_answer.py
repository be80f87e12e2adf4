"""The answer before the reveal: kept for ever, with its time; only then does the suggestion leave."""

from django.db import transaction
from django.utils import timezone

from annotation.access import Viewer, require_annotator
from annotation.errors import LabelInvalid, TicketUnknown
from annotation.models import ItemTicket, StudyTask
from annotation.selectors.sent import sent_ticket

from .annotation import Judgement
from .ticket import ticket_issue


@transaction.atomic
def first_answer_save(*, viewer: Viewer, ticket_id: str, txn: str, judgement: Judgement) -> ItemTicket:
    """Keep the viewer's own answer, and hand out the ticket that shows the suggestion.

    The first answer to a task stands: a repeat, and whatever else comes later, only gets the ticket again.

    Raises:
        LabelInvalid: no answer.
        TicketUnknown: the ticket was not issued to the viewer, or belongs to no study.
    """
    require_annotator(viewer)
    sent = sent_ticket(viewer, ticket_id, txn)
    task = StudyTask.objects.select_related("item").filter(pk=sent.row.task_id or 0).first()
    if task is None:
        raise TicketUnknown
    judged = judgement.checked()
    if judged.skipped:
        raise LabelInvalid
    StudyTask.objects.filter(pk=task.pk, answered_at=None).update(
        first_labels=list(judged.labels),
        first_data_issue=judged.data_issue,
        first_active_ms=judged.active_ms,
        first_idle_ms=judged.idle_ms,
        first_txn=txn,
        answered_at=timezone.now(),
    )
    return ticket_issue(viewer=viewer, item=task.item)
