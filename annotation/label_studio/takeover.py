"""An annotation there becomes a label of ours, and conflicts are settled."""

from django.db import transaction
from django.utils import timezone

from annotation.access import Viewer
from annotation.errors import NotFound
from annotation.models import Annotation, LabelState, LabelStudioLabel, LabelStudioTask, Outcome
from annotation.services.annotation import MOST_COMMENT, MOST_MS
from annotation.services.codebook import codebook_current

from .selectors import labels_for


def same_as(standing: Annotation, row: LabelStudioLabel) -> bool:
    ours = (standing.labels, standing.data_issue, standing.comment)
    return ours == (row.labels, row.data_issue, row.comment)


def take_over(task: LabelStudioTask, row: LabelStudioLabel, standing: Annotation | None) -> Annotation:
    """Add the label. One that stood for the same person gives way to it and stays on record."""
    if standing is not None:
        Annotation.objects.filter(pk=standing.pk).update(is_standing=False)
    # Moves with every taking over, so that a text that comes back is a new act and no repeat.
    number = Annotation.objects.filter(item=task.item, annotator_id=row.annotator_id).count()
    annotation = Annotation.objects.create(
        item=task.item,
        annotator_id=row.annotator_id,
        codebook=task.project.codebook or codebook_current(),
        labels=row.labels,
        data_issue=row.data_issue,
        comment=row.comment.replace("\0", "")[:MOST_COMMENT],
        suggestion_shown=task.suggestion_shown,
        suggested_label=task.suggested_label,
        suggested_by=task.suggested_by,
        outcome=_outcome(task, row),
        active_ms=min(max(0, round(row.lead_time_s * 1000)), MOST_MS),
        txn=f"label-studio:{task.project_id}:{row.remote_id}:{number}",
    )
    if standing is not None:
        Annotation.objects.filter(pk=standing.pk).update(superseded_by=annotation)
    return annotation


def _outcome(task: LabelStudioTask, row: LabelStudioLabel) -> Outcome:
    if not task.suggestion_shown or not row.labels:
        return Outcome.UNASSISTED
    return Outcome.KEPT if row.labels[0] == task.suggested_label else Outcome.CHANGED


@transaction.atomic
def conflict_decide(*, viewer: Viewer, label_id: int, take_theirs: bool) -> LabelStudioLabel:
    """Settle a conflict: what stands here stays, or what stands there is taken over (or taken back).

    Deciding again changes nothing.

    Raises:
        NotFound: there is no such conflict.
    """
    rows = labels_for(viewer).select_related("task__item", "task__project", "annotation")
    row = rows.filter(pk=label_id).first()
    if row is None:
        raise NotFound
    if row.state != LabelState.CONFLICT:
        return row
    standing = Annotation.objects.filter(
        item=row.task.item, annotator_id=row.annotator_id, is_standing=True
    ).first()
    row.state = LabelState.SETTLED
    if take_theirs and row.deleted_there:
        if standing is not None:
            Annotation.objects.filter(pk=standing.pk).update(is_standing=False)
    elif take_theirs:
        row.annotation, row.state = take_over(row.task, row, standing), LabelState.TAKEN
    row.decided_by_id, row.decided_at, row.reason = viewer.pk, timezone.now(), ""
    row.save()
    return row
