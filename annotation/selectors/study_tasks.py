"""What a study asks of one annotator. It says nothing of arms to anybody: the page behaves by them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.access import Viewer, require_annotator
from annotation.errors import NotFound
from annotation.models import Action, Annotation, Item, LabellingStudy, StudyTask

from .queue import Progress
from .visible import labelling_studies_for, seen_by

RUNNING = Q(study__started_at__isnull=False, study__ended_at=None)


def running_task(viewer: Viewer, item: Item) -> StudyTask | None:
    """The viewer's task about this item in a study that runs."""
    tasks = StudyTask.objects.filter(RUNNING, annotator_id=viewer.pk, item=item)
    return tasks.select_related("item", "suggestion", "study__codebook").first()


def waiting_tasks(viewer: Viewer, study_id: int, *, skipped: bool = False) -> QuerySet[StudyTask]:
    """The viewer's tasks without a label, in the order that chance gave; or those that were skipped."""
    require_annotator(viewer)
    mine = Annotation.objects.filter(item=OuterRef("item"), annotator_id=viewer.pk, is_standing=True)
    touched = Exists(mine.filter(action=Action.SKIP)) if skipped else ~Exists(mine)
    tasks = StudyTask.objects.filter(
        RUNNING,
        touched,
        seen_by(viewer.pk, "item__dataset"),
        annotator_id=viewer.pk,
        study_id=study_id,
        item__withdrawn_at=None,
    )
    return tasks.select_related("item", "suggestion", "study__codebook")


def study_progress(viewer: Viewer, study_id: int) -> Progress:
    """How far the viewer has got in a study."""
    require_annotator(viewer)
    mine = Annotation.objects.filter(item=OuterRef("item"), annotator_id=viewer.pk, is_standing=True)
    tasks = StudyTask.objects.filter(study_id=study_id, annotator_id=viewer.pk, item__withdrawn_at=None)
    labelled = tasks.filter(Exists(mine.filter(action=Action.LABEL))).count()
    skipped = tasks.filter(Exists(mine.filter(action=Action.SKIP))).count()
    return Progress(labelled, skipped, tasks.count() - labelled - skipped)


@dataclass(frozen=True, slots=True)
class StudyWork:
    """A study that runs, as one of its annotators sees it: a title and how much is left."""

    study: LabellingStudy
    progress: Progress


def my_studies(viewer: Viewer) -> list[StudyWork]:
    """The studies that ask something of the viewer now."""
    require_annotator(viewer)
    studies = (
        labelling_studies_for(viewer)
        .filter(started_at__isnull=False, ended_at=None, tasks__annotator_id=viewer.pk)
        .distinct()
    )
    return [StudyWork(study, study_progress(viewer, study.pk)) for study in studies]


def my_study(viewer: Viewer, study_id: int) -> LabellingStudy:
    """A running study that the viewer takes part in. Raises NotFound, also when it has ended."""
    for work in my_studies(viewer):
        if work.study.pk == study_id:
            return work.study
    raise NotFound
