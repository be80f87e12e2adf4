"""Handing out items: what an annotator gets next, with what, on record before it leaves."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotation.access import Viewer, require_annotator
from annotation.models import Codebook, Item, ItemTicket, Purpose, StudyTask, Suggestion
from annotation.selectors.next_item import MOST_WITHOUT, next_item
from annotation.selectors.queue import queue_for, recheck_for
from annotation.selectors.study_tasks import running_task, waiting_tasks
from simulator.selectors import Prepared

from .codebook import codebook_current
from .planting import planted_label
from .second_look import under_second_look

# What somebody fetched is kept for them for so long, then others may get it, too.
KEPT_FOR = timedelta(minutes=15)

_suggestions: Prepared[Suggestion] = Prepared(
    lambda item: Suggestion.objects.filter(item_id=item)[:1], item=int
)
_unused: Prepared[ItemTicket] = Prepared(
    lambda item, annotator: ItemTicket.objects.filter(item_id=item, annotator_id=annotator, used_at=None),
    item=int,
    annotator=int,
)


@transaction.atomic(savepoint=False)
def ticket_next(
    *,
    viewer: Viewer,
    dataset_id: int | None = None,
    skipped: bool = False,
    recheck: bool = False,
    study_id: int | None = None,
    without: Sequence[int] = (),
) -> ItemTicket | None:
    """Hand the viewer the next item; None when the queue is empty.

    Args:
        skipped: from those that the viewer skipped before.
        recheck: from those that the viewer labelled under an old meaning.
        study_id: from the viewer's part of this study.
        without: items that the page holds already.
    """
    require_annotator(viewer)
    if study_id is not None:
        task = waiting_tasks(viewer, study_id, skipped=skipped).exclude(item__in=without).first()
        return _issue_task(viewer, task) if task else None
    if recheck or skipped or len(without) > MOST_WITHOUT:
        queue = recheck_for if recheck else queue_for
        more = {} if recheck else {"skipped": skipped}
        item = queue(viewer, dataset_id=dataset_id, **more).exclude(pk__in=without).first()
    else:
        since = timezone.now() - KEPT_FOR
        item = next_item(viewer, dataset_id=dataset_id, kept_since=since, without=without)
    if item is None:
        return None
    return _issue(viewer, item, Purpose.RECHECK if recheck else Purpose.LABEL)


@transaction.atomic(savepoint=False)
def ticket_issue(*, viewer: Viewer, item: Item, purpose: Purpose = Purpose.LABEL) -> ItemTicket:
    """Note that ``item`` goes to the viewer now, with its newest suggestion unless the item is held out.

    Looking again at one's own label shows that label, and no suggestion. In a study that runs, the viewer's
    arm says what is shown.

    An unused ticket that says the same is given again, so that a reload leaves no trace.
    """
    require_annotator(viewer)
    task = running_task(viewer, item) if purpose == Purpose.LABEL else None
    return _issue_task(viewer, task) if task else _issue(viewer, item, purpose)


def _issue(viewer: Viewer, item: Item, purpose: Purpose) -> ItemTicket:
    suggestion = next(iter(_suggestions(item=item.pk)), None)
    shown = suggestion is not None and not item.holdout and purpose == Purpose.LABEL
    shown = shown and not under_second_look(item.pk)
    planted = planted_label(item=item, annotator_id=viewer.pk, suggestion=suggestion) if shown else ""
    return _ticket(
        viewer, item, codebook_current(), suggestion, shown=shown, purpose=purpose, planted=planted
    )


def _issue_task(viewer: Viewer, task: StudyTask) -> ItemTicket:
    """The suggestion is on record in every arm, and goes out only where the arm says so."""
    return _ticket(
        viewer,
        task.item,
        task.study.codebook,
        task.suggestion,
        shown=task.shows_suggestion and task.suggestion is not None,
        purpose=Purpose.LABEL,
        task=task,
    )


def _ticket(
    viewer: Viewer,
    item: Item,
    codebook: Codebook,
    suggestion: Suggestion | None,
    *,
    shown: bool,
    purpose: Purpose,
    planted: str = "",
    task: StudyTask | None = None,
) -> ItemTicket:
    same = {
        "codebook_id": codebook.pk,
        "suggestion_id": suggestion.pk if suggestion else None,
        "suggestion_shown": shown,
        "purpose": purpose,
        "planted_label": planted,
        "task_id": task.pk if task else None,
    }
    given = _unused(item=item.pk, annotator=viewer.pk)
    ticket = next((each for each in given if all(getattr(each, name) == same[name] for name in same)), None)
    if ticket is None:
        ticket = ItemTicket.objects.create(item=item, annotator_id=viewer.pk, **same)
    ticket.item, ticket.codebook, ticket.suggestion, ticket.task = item, codebook, suggestion, task
    return ticket
