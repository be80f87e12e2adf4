"""What each stored version costs, and a version in another form."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from annotation.compression_form import CompressionForm
from annotation.compression_methods import METHODS
from annotation.models import RunKind
from annotation.selectors.compression import CostRow, version_costs
from annotation.selectors.versions import active_run
from annotation.services.compression import compression_request
from annotation.services.run import run_request, runs_reap
from annotation.version_chart import cost_chart
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    runs_reap()
    costs = version_costs(request.user)
    return _page(request, costs, CompressionForm(versions=_choices(costs)))


@for_researchers
@require_POST
def compress(request: PageRequest) -> HttpResponseBase:
    costs = version_costs(request.user)
    form = CompressionForm(request.POST, versions=_choices(costs))
    if not form.is_valid():
        return _page(request, costs, form, status=400)
    started = compression_request(viewer=request.user, **form.settings())
    return redirect("annotation:run", run_id=started.pk)


@for_researchers
@require_POST
def measure(request: PageRequest) -> HttpResponseBase:
    started = run_request(viewer=request.user, kind=RunKind.MEASURE)
    messages.info(request, _("Other work makes the figures worse; measure while the machine is quiet."))
    return redirect("annotation:run", run_id=started.pk)


def _choices(costs: list[CostRow]) -> list[tuple[str, str]]:
    """The version in service first."""
    ordered = sorted(costs, key=lambda row: not row.version.is_current)
    return [(row.version.name, f"{row.version.short}, {row.form}") for row in ordered]


def _page(
    request: PageRequest, costs: list[CostRow], form: CompressionForm, status: int = 200
) -> HttpResponseBase:
    context = {
        "nav": "annotation",
        "costs": costs,
        "chart": cost_chart(costs),
        "methods": METHODS,
        "form": form,
        "run": active_run(request.user, RunKind.COMPRESS) or active_run(request.user, RunKind.MEASURE),
    }
    return render(request, "annotation/compression.html", context, status=status)
