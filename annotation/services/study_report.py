"""Measuring a study: a job, since the models take seconds to load and to fit."""

from typing import Any

from django.utils.translation import gettext as _

from annotation.access import Viewer
from annotation.models import LabellingStudy, RunKind, StudyReport, TrainingRun
from annotation.selectors.studies import newest_label, study_for
from annotation.selectors.study_records import study_records

from .run import RunReporter, run_queue

KEPT_REPORTS = 20


def study_measure_request(*, viewer: Viewer, study_id: int) -> TrainingRun:
    """Queue a measurement.

    Raises:
        RunActive: another one is under way.
    """
    study = study_for(viewer, study_id)
    return run_queue(
        kind=RunKind.STUDY,
        requested_by=viewer,
        options={"study": study.pk},
        study_id=study.dataset.study_id,
    )


def study_measure(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Measure the study that the run names, and keep the report."""
    from annotation.studies.arms import Arm
    from annotation.studies.report import figures_of

    study = LabellingStudy.objects.get(pk=run.options["study"])
    reporter.step(0.1, _("Reading the labels"))
    newest = newest_label(study)
    records = study_records(study)
    reporter.step(0.3, _("Comparing the arms"), force=True)
    figures = figures_of(records, [Arm(arm) for arm in study.arms])
    reporter.step(0.9, _("Keeping the report"), force=True)
    StudyReport.objects.create(study=study, figures=figures, last_annotation=newest)
    old = study.reports.values_list("pk", flat=True)[KEPT_REPORTS:]
    StudyReport.objects.filter(pk__in=list(old)).delete()
    return _("%(count)d labels of “%(title)s” measured") % {"count": len(records), "title": study.title}, {}
