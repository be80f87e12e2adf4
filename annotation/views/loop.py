"""The loop, drawn with live figures."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.charts import bar_chart, rate_chart
from annotation.diagram import stations
from annotation.selectors.loop import labels_per_day, loop_figures, takeover_rates
from annotation.selectors.versions import versions_for
from annotation.services.prefill import queue_refresh
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    fragment = bool(request.headers.get("HX-Request"))
    if not fragment:
        queue_refresh()
    figures = loop_figures(request.user)
    rates = takeover_rates(request.user)
    context = {
        "nav": "loop",
        "figures": figures,
        "stations": stations(figures, rates.get(figures.current or "", [])),
        "rates": rate_chart(rates),
        "labels": bar_chart(labels_per_day(request.user)),
        "versions": versions_for(request.user)[:6],
    }
    return render(request, "annotation/_loop.html" if fragment else "annotation/loop.html", context)
