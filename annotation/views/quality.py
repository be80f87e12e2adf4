"""Quality: how far annotators agree, how good they are, what looks wrong, who may decide."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from annotation.models import RunKind
from annotation.numerals import whole
from annotation.quality_charts import trend_chart
from annotation.selectors.quality import adjudicators_for, quality_for
from annotation.selectors.versions import active_run
from annotation.services.adjudication import adjudicator_entitle
from annotation.services.quality import quality_refresh
from annotation.services.run import run_request
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    quality_refresh()
    dataset, pair = (request.GET.get(name, "") for name in ("dataset", "pair"))
    shown = quality_for(
        request.user,
        dataset_id=whole(dataset),
        pair=whole(pair) or 0,
    )
    context = {
        "nav": "annotation",
        "quality": shown,
        "trend": trend_chart(shown.figures["trend"]) if shown.figures else None,
        "run": active_run(request.user, RunKind.QUALITY),
        "adjudicators": adjudicators_for(request.user),
    }
    return render(request, "annotation/quality.html", context)


@for_researchers
@require_POST
def measure(request: PageRequest) -> HttpResponseBase:
    run_request(viewer=request.user, kind=RunKind.QUALITY)
    return redirect("annotation:quality")


@for_researchers
@require_POST
def entitle(request: PageRequest) -> HttpResponseBase:
    person = request.POST.get("person", "")
    adjudicator_entitle(
        viewer=request.user,
        person_id=whole(person) or 0,
        entitled="entitled" in request.POST,
    )
    return redirect("annotation:quality")
