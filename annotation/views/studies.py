"""Studies that compare ways to label: plan, start, watch, report."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.errors import StudyRefused
from annotation.exporting.streaming import download
from annotation.exporting.study import labels_csv, table_csv
from annotation.models import RunKind
from annotation.selectors.studies import studies_for, study_choices, study_for, study_view
from annotation.selectors.versions import active_run
from annotation.services.study import study_create, study_discard, study_end, study_start
from annotation.services.study_report import study_measure_request
from annotation.study_charts import watch_chart
from annotation.study_form import StudyForm
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_http_methods(["GET", "POST"])
def index(request: PageRequest) -> HttpResponseBase:
    """All studies, and the form of a new one."""
    choices = study_choices(request.user)
    form = StudyForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            study = study_create(viewer=request.user, plan=form.plan())
        except StudyRefused as error:
            form.add_error(None, str(error))
        else:
            return redirect("annotation:study", study.pk)
    context = {"nav": "annotation", "studies": studies_for(request.user), "form": form, **choices}
    return render(request, "annotation/studies.html", context, status=400 if form.errors else 200)


@for_researchers
@require_GET
def page(request: PageRequest, study_id: int) -> HttpResponseBase:
    shown = study_view(request.user, study_id)
    figures: dict[str, Any] = shown.report.figures if shown.report else {}
    context = {
        "nav": "annotation",
        "shown": shown,
        "study": shown.study,
        "figures": figures,
        "charts": [
            (found, watch_chart(found["watched"]["log_seconds"], ratio=True))
            for found in figures.get("comparisons", [])
            if found["enough"] and found["watched"]["log_seconds"]
        ],
        "run": active_run(request.user, RunKind.STUDY),
    }
    return render(request, "annotation/study.html", context)


@for_researchers
@require_POST
def start(request: PageRequest, study_id: int) -> HttpResponseBase:
    study_start(viewer=request.user, study_id=study_id)
    messages.success(request, _("The study runs. Its annotators find it on their queue page."))
    return redirect("annotation:study", study_id)


@for_researchers
@require_POST
def end(request: PageRequest, study_id: int) -> HttpResponseBase:
    study_end(viewer=request.user, study_id=study_id)
    return redirect("annotation:study", study_id)


@for_researchers
@require_POST
def discard(request: PageRequest, study_id: int) -> HttpResponseBase:
    study_discard(viewer=request.user, study_id=study_id)
    return redirect("annotation:studies")


@for_researchers
@require_POST
def measure(request: PageRequest, study_id: int) -> HttpResponseBase:
    study_measure_request(viewer=request.user, study_id=study_id)
    return redirect("annotation:study", study_id)


@for_researchers
@require_GET
def table(request: PageRequest, study_id: int) -> HttpResponseBase:
    """The newest report's table as CSV."""
    study = study_for(request.user, study_id)
    return _csv(table_csv(study), f"{slugify(study.title)}-table")


@for_researchers
@require_GET
def labels(request: PageRequest, study_id: int) -> HttpResponseBase:
    """Every label of the study as CSV, annotators by pseudonym."""
    study = study_for(request.user, study_id)
    return _csv(labels_csv(study), f"{slugify(study.title)}-labels")


def _csv(lines: Any, name: str) -> HttpResponseBase:
    return download(lines, filename=f"{name}.csv", content_type="text/csv; charset=utf-8")
