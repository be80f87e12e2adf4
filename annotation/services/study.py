"""Studies that compare ways to label: set up, start, end."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.access import Viewer, require_researcher
from annotation.draws import draw
from annotation.errors import NotFound, StudyRefused
from annotation.models import Item, LabellingStudy, StudyArm, StudyTask, Suggestion
from annotation.selectors.studies import eligible_items
from annotation.selectors.visible import datasets_for, labelling_studies_for
from annotation.studies.arms import Arm, arm_of

from .codebook import codebook_current

BATCH = 500


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What the page sends; ``expected`` is what the power calculation assumes."""

    title: str
    dataset_id: int
    annotators: Sequence[int]
    arms: Sequence[str]
    size: int
    gold_only: bool
    expected: Mapping[str, Sequence[float]]


@transaction.atomic
def study_create(*, viewer: Viewer, plan: StudyPlan) -> LabellingStudy:
    """Set a study up. Nothing is asked of anybody until it starts.

    Raises:
        NotFound: there is no such data set.
        StudyRefused: a plan that cannot become a study.
    """
    require_researcher(viewer)
    dataset = datasets_for(viewer).filter(pk=plan.dataset_id).first()
    if dataset is None:
        raise NotFound
    arms = [arm for arm in StudyArm.values if arm in plan.arms]
    people = get_user_model().objects.filter(pk__in=plan.annotators, is_active=True)
    if len(arms) < 2:
        raise StudyRefused(_("A comparison needs two arms. Choose at least two."))
    if not people or plan.size < 1:
        raise StudyRefused(_("Choose at least one annotator and one question for each."))
    if dataset.study is not None and people.exclude(studies=dataset.study).exists():
        raise StudyRefused(
            _("Not all annotators are members of “%(study)s”, whose questions these are. Choose members.")
            % {"study": dataset.study.title}
        )
    if LabellingStudy.objects.filter(dataset=dataset, title=plan.title).exists():
        raise StudyRefused(_("There is a study of this title. Choose another title."))
    study = LabellingStudy.objects.create(
        title=plan.title,
        dataset=dataset,
        codebook=codebook_current(),
        arms=arms,
        gold_only=plan.gold_only,
        size=plan.size,
        seed=secrets.token_hex(16),
        expected=dict(plan.expected),
        created_by_id=viewer.pk,
    )
    study.annotators.set(people)
    return study


@transaction.atomic
def study_start(*, viewer: Viewer, study_id: int) -> LabellingStudy:
    """Draw the questions, an arm for every pair of annotator and question, and an order for each annotator.

    Everything is drawn from the study's seed. The suggestion is fixed here, the same in every arm.

    Raises:
        StudyRefused: it has started before, or too few questions fit.
    """
    study = _study(viewer, study_id)
    if study.started_at is not None:
        raise StudyRefused(_("This study has started already."))
    people = list(study.annotators.order_by("pk"))
    fit = sorted(eligible_items(study), key=lambda item: draw(f"{study.seed}\0{item.pk}", "study"))
    if len(fit) < study.size:
        raise StudyRefused(
            _(
                "Only %(fit)d questions fit, and %(size)d are planned. A question must have a suggestion, be "
                "outside the held-out share, and be new to every annotator. Plan fewer, or add questions."
            )
            % {"fit": len(fit), "size": study.size}
        )
    chosen = fit[: study.size]
    newest = _newest_suggestions(chosen)
    arms = [Arm(arm) for arm in study.arms]
    StudyTask.objects.bulk_create(
        (
            StudyTask(
                study=study,
                annotator=person,
                item=item,
                arm=arm_of(study.seed, str(person.pk), str(item.pk), arms),
                place=draw(f"{study.seed}\0{person.pk}\0{item.pk}", "place"),
                suggestion_id=newest[item.pk],
            )
            for person in people
            for item in chosen
        ),
        batch_size=BATCH,
    )
    study.codebook = codebook_current()
    study.started_at = timezone.now()
    study.save(update_fields=["codebook", "started_at"])
    return study


def _newest_suggestions(items: Sequence[Item]) -> dict[int, int]:
    rows = Suggestion.objects.filter(item__in=[item.pk for item in items]).order_by("made_at", "pk")
    return dict(rows.values_list("item_id", "pk"))  # the newest comes last and stays


@transaction.atomic
def study_end(*, viewer: Viewer, study_id: int) -> LabellingStudy:
    """End a study: its labels stand, and what is not labelled goes back to the ordinary queue.

    Raises:
        StudyRefused: it does not run.
    """
    study = _study(viewer, study_id)
    if not study.is_running:
        raise StudyRefused(_("This study does not run."))
    study.ended_at = timezone.now()
    study.save(update_fields=["ended_at"])
    return study


@transaction.atomic
def study_discard(*, viewer: Viewer, study_id: int) -> None:
    """Delete a study that has not started.

    Raises:
        StudyRefused: it has started; what people labelled in it stays.
    """
    study = _study(viewer, study_id)
    if study.started_at is not None:
        raise StudyRefused(_("This study has started, so it can be ended but no longer discarded."))
    study.delete()


def _study(viewer: Viewer, study_id: int) -> LabellingStudy:
    require_researcher(viewer)
    study = labelling_studies_for(viewer).select_for_update().filter(pk=study_id).first()
    if study is None:
        raise NotFound
    return study
