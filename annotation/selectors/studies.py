"""Studies as researchers see them: the plan, its power, how far it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, OuterRef, QuerySet

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.models import (
    Action,
    Annotation,
    Item,
    ItemTicket,
    LabellingStudy,
    StudyArm,
    StudyReport,
    StudyTask,
    Suggestion,
)

from .visible import datasets_for, labelling_studies_for

if TYPE_CHECKING:  # a second of import, which only pages that show a power calculation pay
    from annotation.studies.power import Need


def eligible_items(study: LabellingStudy) -> QuerySet[Item]:
    """Items that may enter: with a suggestion, not held out, and new to all of the study's annotators."""
    people = study.annotators.values("pk")
    known = Annotation.objects.filter(item=OuterRef("pk"), annotator__in=people)
    seen = ItemTicket.objects.filter(item=OuterRef("pk"), annotator__in=people)
    items = Item.objects.filter(
        ~Exists(known),
        ~Exists(seen.exclude(used_at=None)),
        ~Exists(StudyTask.objects.filter(item=OuterRef("pk"), annotator__in=people)),
        Exists(Suggestion.objects.filter(item=OuterRef("pk"))),
        dataset=study.dataset,
        holdout=False,
        withdrawn_at=None,
    )
    return items.exclude(gold="") if study.gold_only else items


@dataclass(frozen=True, slots=True)
class Power:
    """What is needed per arm, and what is planned."""

    need: "Need | None"
    planned: int


@dataclass(frozen=True, slots=True)
class StudyView:
    """What the study's page shows."""

    study: LabellingStudy
    people: list[dict[str, Any]]
    fit: int
    power: Power
    report: StudyReport | None
    newer_labels: bool

    @property
    def arm_names(self) -> list[str]:
        return [str(StudyArm(arm).label) for arm in self.study.arms]


def studies_for(viewer: Viewer) -> QuerySet[LabellingStudy]:
    """Studies of what the viewer sees, newest first, with how many tasks they have and how many people."""
    require_researcher(viewer)
    return (
        labelling_studies_for(viewer)
        .select_related("dataset")
        .annotate(tasks_planned=Count("tasks", distinct=True), people=Count("annotators", distinct=True))
    )


def study_for(viewer: Viewer, study_id: int) -> LabellingStudy:
    """Raises NotFound."""
    require_researcher(viewer)
    studies = labelling_studies_for(viewer).select_related("dataset", "codebook")
    study = studies.filter(pk=study_id).first()
    if study is None:
        raise NotFound
    return study


def study_view(viewer: Viewer, study_id: int) -> StudyView:
    """Raises NotFound."""
    study = study_for(viewer, study_id)
    report = study.reports.first()
    return StudyView(
        study=study,
        people=_people(study),
        fit=0 if study.started_at else eligible_items(study).count(),
        power=power_of(study),
        report=report,
        newer_labels=newest_label(study) > (report.last_annotation if report else 0),
    )


def newest_label(study: LabellingStudy) -> int:
    """The number of the newest row that belongs to the study, an undo included; 0 when there is none."""
    rows = Annotation.objects.filter(annotator__in=study.annotators.all(), item__study_tasks__study=study)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or 0


def _people(study: LabellingStudy) -> list[dict[str, Any]]:
    """Each annotator with how many of how many are labelled."""
    done = Annotation.objects.filter(
        item=OuterRef("item"), annotator=OuterRef("annotator"), is_standing=True, action=Action.LABEL
    )
    found = []
    for person in study.annotators.order_by("username"):
        tasks = study.tasks.filter(annotator=person)
        total = tasks.count() if study.started_at else study.size
        found.append({"name": str(person), "labelled": tasks.filter(Exists(done)).count(), "total": total})
    return found


def power_of(study: LabellingStudy) -> Power:
    """Labels per arm that the plan gives, and that the expected effects need."""
    from annotation.studies.power import labels_needed

    planned = study.size * study.annotators.count() // len(study.arms)
    try:
        expected = {name: (float(first), float(second)) for name, (first, second) in study.expected.items()}
        need = labels_needed(mean_s=expected["mean_s"], sd_s=expected["sd_s"], accuracy=expected["accuracy"])
        return Power(need, planned)
    except (KeyError, TypeError, ValueError):
        return Power(None, planned)


def study_choices(viewer: Viewer) -> dict[str, Any]:
    """What a new study can be made of: data sets, and people who may label."""
    require_researcher(viewer)
    people = get_user_model().objects.filter(role__in=("annotator", "researcher"), is_active=True)
    return {"datasets": datasets_for(viewer).filter(items__isnull=False).distinct(), "people": people}
