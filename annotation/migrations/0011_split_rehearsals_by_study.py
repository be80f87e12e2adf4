"""Questions from rehearsals go to a data set of the study that the rehearsal belongs to.

Keys, places, labels and suggestions stay as they are: an item only changes the data set that it lies in. What
comes from no known rehearsal stays where it is, open to everybody as it was.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import migrations

CHUNK = 500
KEPT_SETTINGS = (
    "source", "annotators_per_item", "overlap_share", "plant_share", "order", "ordered_at", "collected_until",
    "licence", "origin",
)  # fmt: skip


def split(apps: Any, schema_editor: Any) -> None:
    for dataset in apps.get_model("annotation", "Dataset").objects.filter(source="sessions", study=None):
        parts = items_by_study(apps, dataset)
        rest = parts.pop(None, [])
        if parts:
            divide(apps, dataset, parts, keeps_row=bool(rest))
        elif not rest:
            forget_if_unused(apps, dataset)


def items_by_study(apps: Any, dataset: Any) -> dict[int | None, list[int]]:
    """Study -> its items; None -> those of no known rehearsal. The largest part comes first."""
    Event, Session = apps.get_model("simulator", "Event"), apps.get_model("simulator", "Session")
    rows = list(dataset.items.order_by("pk").values_list("pk", "source_event", "group"))
    by_event = lookup(Event, "pk", "session__study", [event for _pk, event, _group in rows if event])
    by_group = lookup(Session, "public_id", "study", {uuid_of(group) for *_more, group in rows} - {None})
    parts: dict[int | None, list[int]] = defaultdict(list)
    for pk, event, group in rows:
        parts[by_event.get(event, by_group.get(uuid_of(group)))].append(pk)
    return dict(sorted(parts.items(), key=lambda part: -len(part[1])))


def lookup(model: Any, name: str, value: str, keys: Any) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for chunk in chunks(list(keys)):
        found.update(model.objects.filter(**{f"{name}__in": chunk}).values_list(name, value))
    return found


def uuid_of(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def chunks(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def divide(apps: Any, dataset: Any, parts: dict[Any, list[int]], *, keeps_row: bool) -> None:
    """Give each study a data set. Where nothing stays behind, the largest part keeps the row itself."""
    Item = apps.get_model("annotation", "Item")
    targets = []
    for study_id, items in parts.items():
        if not keeps_row and not targets:
            target = dataset
            name_after(apps, dataset, study_id)
            dataset.save()
        else:
            target = copy_for(apps, dataset, study_id)
            for chunk in chunks(items):
                Item.objects.filter(pk__in=chunk).update(dataset=target)
        targets.append(target)
    if keeps_row or len(targets) > 1:
        dataset.quality_reports.all().delete()  # they quote the lines of all; the next measurement is by study
    move_labelling_studies(apps, dataset, targets[0])
    for target in targets:
        if target.pk != dataset.pk:
            share_projects(apps, dataset, target)


def name_after(apps: Any, dataset: Any, study_id: int) -> None:
    study = apps.get_model("simulator", "Study").objects.get(pk=study_id)
    dataset.study_id, dataset.name = study_id, f"Rehearsals: {study.title}"[:120]


def copy_for(apps: Any, dataset: Any, study_id: int) -> Any:
    copy = type(dataset)(**{name: getattr(dataset, name) for name in KEPT_SETTINGS})
    name_after(apps, copy, study_id)
    copy.save()
    return copy


def move_labelling_studies(apps: Any, dataset: Any, largest: Any) -> None:
    """A comparison goes where most of its questions went; one without questions to the largest part.

    One that mixes studies stays whole: it is then seen by those only who see all its questions.
    """
    StudyTask = apps.get_model("annotation", "StudyTask")
    for study in apps.get_model("annotation", "LabellingStudy").objects.filter(dataset=dataset):
        tasks = StudyTask.objects.filter(study=study).values_list("item__dataset", flat=True)
        where = Counter(tasks.order_by()).most_common(1)
        study.dataset_id = where[0][0] if where else largest.pk
        study.save()


def share_projects(apps: Any, dataset: Any, target: Any) -> None:
    """What was sent to Label Studio is fetched by the study that it belongs to now.

    The project there stays one, so the rows here share its number; "Set up anew" parts them there as well.
    """
    LabelStudioTask = apps.get_model("annotation", "LabelStudioTask")
    for project in apps.get_model("annotation", "LabelStudioProject").objects.filter(dataset=dataset):
        moved = LabelStudioTask.objects.filter(project=project, item__dataset=target)
        tasks = list(moved.values_list("pk", flat=True))
        if tasks:
            project.pk, project.dataset, project.mark, project.run = None, target, uuid.uuid4(), None
            project.save(force_insert=True)
            for chunk in chunks(tasks):
                LabelStudioTask.objects.filter(pk__in=chunk).update(project=project)


def forget_if_unused(apps: Any, dataset: Any) -> None:
    """The row that was made before there was a rehearsal; each study gets one of its own."""
    pointing = ("LabellingStudy", "LabelStudioProject")
    if not any(
        apps.get_model("annotation", name).objects.filter(dataset=dataset).exists() for name in pointing
    ):
        dataset.delete()


class Migration(migrations.Migration):
    dependencies = [("annotation", "0010_data_of_a_study")]

    operations = [migrations.RunPython(split, migrations.RunPython.noop)]
