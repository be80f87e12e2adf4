"""What the Label Studio pages show."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from annotation.access import Viewer, require_researcher
from annotation.models import (
    Annotation,
    Dataset,
    LabelState,
    LabelStudioLabel,
    LabelStudioProject,
    TrainingRun,
)  # fmt: skip
from annotation.selectors.visible import datasets_for, seen_by


@dataclass(frozen=True)
class DatasetRow:
    """A dataset with its projects, each with ``sent``, ``labels``, ``conflicts`` and ``refused``."""

    dataset: Dataset
    size: int
    projects: list[LabelStudioProject]

    @property
    def run(self) -> TrainingRun | None:
        """The latest sending or fetching."""
        return self.projects[0].run if self.projects else None


def dataset_rows(viewer: Viewer) -> list[DatasetRow]:
    """Every dataset that has something to send."""
    require_researcher(viewer)
    there = Count("items", filter=Q(items__withdrawn_at=None))
    sizes = datasets_for(viewer).annotate(size=there).filter(size__gt=0)
    projects: dict[int, list[LabelStudioProject]] = {}
    for project in _projects():
        projects.setdefault(project.dataset_id, []).append(project)
    return [DatasetRow(each, each.size, projects.get(each.pk, [])) for each in sizes]


def _projects() -> QuerySet[LabelStudioProject]:
    def labels(state: LabelState) -> Count:
        return Count("tasks__labels", filter=Q(tasks__labels__state=state), distinct=True)

    return LabelStudioProject.objects.select_related("dataset", "run", "codebook").annotate(
        sent=Count("tasks", filter=~Q(tasks__remote_id=None), distinct=True),
        taken=labels(LabelState.TAKEN),
        conflicts=labels(LabelState.CONFLICT),
        refused=labels(LabelState.REFUSED),
    )


@dataclass(frozen=True)
class Conflict:
    """A label there and what stands here, which may be nothing."""

    theirs: LabelStudioLabel
    ours: Annotation | None


def projects_for(viewer: Viewer) -> QuerySet[LabelStudioProject]:
    """Projects of data sets that the viewer sees."""
    require_researcher(viewer)
    return LabelStudioProject.objects.filter(seen_by(viewer.pk))


def labels_for(viewer: Viewer) -> QuerySet[LabelStudioLabel]:
    """What was fetched about questions that the viewer sees."""
    require_researcher(viewer)
    return LabelStudioLabel.objects.filter(seen_by(viewer.pk, "task__item__dataset"))


def conflicts_for(viewer: Viewer) -> list[Conflict]:
    """What waits for a decision, and what is not usable, the oldest first."""
    rows = labels_for(viewer).filter(state__in=(LabelState.CONFLICT, LabelState.REFUSED))
    found = rows.select_related("task__item", "task__project__dataset", "annotator")[:200]
    return [Conflict(row, _standing(row)) for row in found]


def _standing(row: LabelStudioLabel) -> Annotation | None:
    return Annotation.objects.filter(
        item=row.task.item_id, annotator_id=row.annotator_id, is_standing=True
    ).first()
