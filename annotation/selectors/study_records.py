"""A study's labels as the analysis reads them."""

from collections import defaultdict
from collections.abc import Iterable

from annotation.draws import draw
from annotation.models import Action, Annotation, LabellingStudy, StudyArm
from annotation.studies.arms import Arm
from annotation.studies.records import Record

from .truth import decisions


def pseudonyms(study: LabellingStudy) -> dict[int, str]:
    """Annotator -> what reports call them: A1, A2, ..., in an order that the study's seed drew."""
    people = sorted(
        study.annotators.values_list("pk", flat=True),
        key=lambda person: draw(f"{study.seed}{person}", "name"),
    )
    return {person: f"A{place}" for place, person in enumerate(people, start=1)}


def study_records(study: LabellingStudy) -> list[Record]:
    """One record for every task that has a label, in the order in which they were given.

    The time is all that was spent on the task: before a skip or an undo, and before the reveal. What was only
    flagged for data issues has no label and no record.
    """
    rows = Annotation.objects.filter(ticket__task__study=study).order_by("pk")
    by_task: dict[int, list[Annotation]] = defaultdict(list)
    for act in rows.select_related("ticket__task", "item", "superseded_by"):
        if act.ticket and act.ticket.task_id:
            by_task[act.ticket.task_id].append(act)
    last = {task: _label_of(acts) for task, acts in by_task.items()}
    truth, names = decisions(), pseudonyms(study)
    given = sorted((row.pk, task) for task, row in last.items() if row is not None and row.labels)
    count: dict[int, int] = defaultdict(int)
    found = []
    for _pk, task in given:
        row = last[task]
        assert row is not None  # noqa: S101 (sorted out above)
        position = count[row.annotator_id]
        count[row.annotator_id] += 1
        found.append(_record(row, by_task[task], truth, names, position))
    return found


def _label_of(acts: Iterable[Annotation]) -> Annotation | None:
    """The label that counts: it stands, or a later look under a new codebook replaced it."""
    labels = [row for row in acts if row.action == Action.LABEL]
    for row in reversed(labels):
        if row.is_standing or (row.superseded_by and row.superseded_by.action == Action.LABEL):
            return row
    return None


def _record(
    row: Annotation, acts: list[Annotation], truth: dict[int, str], names: dict[int, str], position: int
) -> Record:
    assert row.ticket is not None  # noqa: S101 (study rows have one)
    assert row.ticket.task is not None  # noqa: S101
    task = row.ticket.task
    first = task.first_labels[0] if task.arm == StudyArm.REVEAL and task.first_labels else row.labels[0]
    active = sum(act.active_ms for act in acts) / 1000
    return Record(
        annotator=names.get(row.annotator_id, "A0"),
        item=str(row.item_id),
        arm=Arm(task.arm),
        label=row.labels[0],
        gold=truth.get(row.item_id, row.item.gold) or None,
        suggestion=row.suggested_label or None,
        first=first,
        seconds=active + sum(act.idle_ms for act in acts) / 1000,
        active_seconds=active,
        position=position,
    )
