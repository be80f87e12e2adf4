"""Weak supervision: the labelling functions and how they are combined."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from annotation.charts import interval_mark
from annotation.models import LabelRun, RunKind
from annotation.selectors.versions import active_run
from annotation.services.run import run_request
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    latest = LabelRun.objects.first()
    context = {
        "nav": "annotation",
        "latest": latest,
        "aggregators": _aggregators(latest),
        "earlier": LabelRun.objects.all()[1:6],
        "run": active_run(request.user, RunKind.RULES),
    }
    return render(request, "annotation/weak.html", context)


@for_researchers
@require_POST
def run(request: PageRequest) -> HttpResponseBase:
    run_request(viewer=request.user, kind=RunKind.RULES)
    return redirect("annotation:weak")


def _aggregators(run: LabelRun | None) -> list[dict[str, object]]:
    """Both ways of combining, with their accuracy where there was gold to compare them on."""
    if run is None or "label_model" not in run.metrics:
        return []
    return [
        {
            "name": name,
            "kept": run.aggregator == name,
            "metric": run.metrics[name]["accuracy"],
            "mark": interval_mark(run.metrics[name]["accuracy"]),
        }
        for name in ("label_model", "majority_vote")
    ]
