"""Questions out: each exactly once, in batches, resumable at any point."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.draws import draw
from annotation.models import Arm, Item, LabelStudioProject, LabelStudioTask, TrainingRun
from annotation.services.run import RunReporter, RunStopped
from models_zoo.labels import QUESTION_TYPES

from .client import Client
from .connection import server_now
from .projects import noted, project_ensure
from .results import Judgement, result_of
from .tasks import data_of

BATCH = 100
PREDICTIONS = "ACTS"  # Label Studio shows predictions of one version; which model it was is kept here


def push_execute(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Send what the projects of this run do not hold yet.

    Raises:
        LabelStudioError: what was sent before stays noted; a repeat goes on.
        RunStopped: it was cancelled; the same.
    """
    projects = list(LabelStudioProject.objects.filter(run=run).select_related("dataset"))
    sent = removed = 0
    with noted(projects), closing(Client(server_now())) as client:
        for number, project in enumerate(projects):
            part = reporter.part(number / len(projects), (number + 1) / len(projects))
            removed += remove_withdrawn(client, project)
            sent += _push(client, project, part, sent)
            LabelStudioProject.objects.filter(pk=project.pk).update(pushed_at=timezone.now())
    said = _("%(sent)d questions sent") % {"sent": sent}
    return f"{said}; {_('%(n)d withdrawn ones deleted there') % {'n': removed}}" if removed else said, {}


def _push(client: Client, project: LabelStudioProject, part: Any, before: int) -> int:
    remote_id = project_ensure(client, project)
    _confirm(client, project, remote_id)
    waiting = list(_waiting(project))
    sent = 0
    try:
        for batch in _batches(waiting):
            part(sent / len(waiting), _("%(sent)d questions sent") % {"sent": before + sent})
            _send(client, project, remote_id, batch)
            sent += len(batch)
    except RunStopped:
        said = _("Cancelled after %(sent)d questions; sending again goes on from there")
        raise RunStopped(said % {"sent": before + sent}) from None
    return sent


def _batches(items: Sequence[int]) -> Iterator[list[Item]]:
    following = iter(items)
    while keys := list(islice(following, BATCH)):
        there = Item.objects.filter(withdrawn_at=None).in_bulk(keys)
        yield [there[key] for key in keys if key in there]


def _waiting(project: LabelStudioProject) -> Iterator[int]:
    """Items of this arm that are not there yet, in the queue's random order."""
    known = project.tasks.exclude(remote_id=None).values("item")
    items = project.dataset.items.filter(withdrawn_at=None).exclude(pk__in=known)
    for key, pk in items.order_by("shuffle_key", "pk").values_list("key", "pk"):
        if project.arm in (Arm.ALL, arm_of(key)):
            yield pk


def arm_of(key: str) -> Arm:
    """The arm of a question, drawn from its key alone."""
    return (Arm.CLASSICAL, Arm.ASSISTED)[draw(key, "label-studio-arm") % 2]


def _send(client: Client, project: LabelStudioProject, remote_id: int, items: list[Item]) -> None:
    """Note that a batch goes out, send it, note what it is called there.

    When the middle succeeds and the end does not, ``_confirm`` of the next run finds the batch again.
    """
    if not items:
        return
    with transaction.atomic():
        for item in items:
            _task(project, item)
    tasks = {task.item_id: task for task in project.tasks.filter(item__in=items)}
    ids = client.import_tasks(remote_id, project.title, [task_data(item, tasks[item.pk]) for item in items])
    with transaction.atomic():
        for item, task_id in zip(items, ids, strict=True):
            LabelStudioTask.objects.filter(pk=tasks[item.pk].pk).update(remote_id=task_id)


def _task(project: LabelStudioProject, item: Item) -> None:
    """Note that the item goes out, and its suggestion: kept in every arm, sent along where it may be seen."""
    suggestion = item.suggestions.first()
    # Label Studio would store a class that does not exist without a word.
    valid = suggestion is not None and suggestion.label in QUESTION_TYPES
    LabelStudioTask.objects.get_or_create(
        project=project,
        item=item,
        defaults={
            "suggested_label": suggestion.label if suggestion and valid else "",
            "suggested_by": suggestion.model_version if suggestion and valid else "",
            "suggestion_shown": valid and project.arm != Arm.CLASSICAL and not item.holdout,
        },
    )


def task_data(item: Item, task: LabelStudioTask) -> dict[str, Any]:
    """A question as Label Studio takes it. An expert's label is not among it: it would be seen."""
    data = data_of(key=item.key, group=item.group, text=item.text, turns=item.context)
    predictions = []
    if task.suggestion_shown:
        result = result_of(Judgement((task.suggested_label,)))
        predictions.append({"model_version": PREDICTIONS, "result": result})
    return {"data": data, "predictions": predictions}


def _confirm(client: Client, project: LabelStudioProject, remote_id: int) -> None:
    """Find out about tasks whose sending was noted and whose answer was not."""
    unsure = {task.item.key: task for task in project.tasks.filter(remote_id=None).select_related("item")}
    if not unsure:
        return
    for key, task_id in client.task_keys(remote_id, project.title):
        if key in unsure:
            LabelStudioTask.objects.filter(pk=unsure[key].pk).update(remote_id=task_id)


def remove_withdrawn(client: Client, project: LabelStudioProject) -> int:
    """What a teacher withdrew is deleted there as well; returns how much."""
    gone: QuerySet[LabelStudioTask] = project.tasks.exclude(remote_id=None).exclude(item__withdrawn_at=None)
    count = 0
    for task in gone:
        client.delete_task(task.remote_id or 0)
        LabelStudioTask.objects.filter(pk=task.pk).update(remote_id=None)
        count += 1
    return count
