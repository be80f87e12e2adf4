"""Which data sets, and so which questions and labels, a person sees: everybody's, and those of their studies.

Every read for somebody goes through here. What is not theirs does not exist for them: it is in no list and in
no count. Jobs read all of it, since one model and one set of rules serve the installation (docs/security.md).
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.access import Viewer, require_annotator
from annotation.models import Annotation, Dataset, FileImport, Item, LabellingStudy, StudyTask, TrainingRun
from simulator.selectors import studies_of


def hidden_from(person_id: int) -> QuerySet[Dataset]:
    """Data sets of studies that the person does not belong to.

    What is seen is asked as "none of these", never as "one of those": a database that may begin with a list
    of data sets reads and sorts all their questions to find the first of a queue. A list to leave out it
    holds against each row, in whatever order the rows come.
    """
    return Dataset.objects.filter(study__isnull=False).exclude(study__in=studies_of(person_id)).order_by()


def seen_by(person_id: int, dataset: str = "dataset") -> Q:
    """Rows whose data set the person sees; ``dataset`` is the way from the row to it."""
    return ~Q(**{f"{dataset}__in": hidden_from(person_id)})


def of_study_seen_by(person_id: int) -> Q:
    """Rows with a study of their own, or with none."""
    return Q(study=None) | Q(study__in=studies_of(person_id))


def datasets_for(viewer: Viewer) -> QuerySet[Dataset]:
    require_annotator(viewer)
    return Dataset.objects.filter(of_study_seen_by(viewer.pk)).select_related("study")


def items_for(viewer: Viewer) -> QuerySet[Item]:
    """All but withdrawn ones."""
    require_annotator(viewer)
    return Item.objects.filter(seen_by(viewer.pk), withdrawn_at=None).select_related("dataset")


def annotations_for(viewer: Viewer) -> QuerySet[Annotation]:
    """Everything that anybody said about what the viewer sees; whose labels may be shown is the caller's."""
    require_annotator(viewer)
    return Annotation.objects.filter(seen_by(viewer.pk, "item__dataset"))


def imports_for(viewer: Viewer) -> QuerySet[FileImport]:
    require_annotator(viewer)
    return FileImport.objects.filter(of_study_seen_by(viewer.pk))


def runs_for(viewer: Viewer) -> QuerySet[TrainingRun]:
    """Jobs of the installation, and those that work on data of the viewer's studies alone."""
    require_annotator(viewer)
    return TrainingRun.objects.filter(of_study_seen_by(viewer.pk))


def labelling_studies_for(viewer: Viewer) -> QuerySet[LabellingStudy]:
    """Comparisons of which the viewer sees every question; older ones may mix studies."""
    require_annotator(viewer)
    unseen = StudyTask.objects.filter(study=OuterRef("pk"), item__dataset__in=hidden_from(viewer.pk))
    return LabellingStudy.objects.filter(seen_by(viewer.pk), ~Exists(unseen))
