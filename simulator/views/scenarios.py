"""Scenarios as researchers keep them: versions, thresholds, new files."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from simulator.forms import ScenarioForm, ThresholdForm
from simulator.models import Role, ScenarioVersion
from simulator.selectors import scenarios_for
from simulator.services.scenario import scenario_activate, scenario_install, scenario_threshold_set
from simulator.student.schema import ScenarioError

from .access import PageRequest, page
from .picture import first_picture

LINES_AROUND = 3


@dataclass(frozen=True)
class SourceLine:
    number: int
    text: str
    faulty: bool


def excerpt(source: str, line: int | None) -> list[SourceLine]:
    """The faulty line of a refused file with a few lines around it."""
    if line is None:
        return []
    first = max(line - LINES_AROUND, 1)
    shown = source.splitlines()[first - 1 : line + LINES_AROUND]
    return [SourceLine(number, text, number == line) for number, text in enumerate(shown, first)]


def _version(request: PageRequest, pk: int) -> ScenarioVersion:
    scenario = scenarios_for(request.user).filter(pk=pk).first()
    if scenario is None:
        raise Http404
    return scenario


@page(Role.RESEARCHER)
@require_GET
def scenarios(request: PageRequest) -> HttpResponse:
    versions: dict[str, list[ScenarioVersion]] = {}
    for scenario in scenarios_for(request.user).order_by("title", "slug", "-version"):
        versions.setdefault(scenario.slug, []).append(scenario)
    offered = [next((one for one in group if one.is_active), group[0]) for group in versions.values()]
    rows = [(one, first_picture(one), versions[one.slug]) for one in offered]
    return render(request, "simulator/scenarios.html", {"nav": "scenarios", "rows": rows})


@page(Role.RESEARCHER)
@require_http_methods(["GET", "POST"])
def scenario_add(request: PageRequest) -> HttpResponse:
    """Take in a file; a refused one is shown with the line and the reason."""
    form = ScenarioForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"nav": "scenarios", "form": form}
    if form.is_valid():
        source = form.text()
        try:
            scenario = scenario_install(source=source)
        except ScenarioError as error:
            context |= {"error": error, "excerpt": excerpt(source, error.line), "source": source}
            return render(request, "simulator/scenario_add.html", context, status=422)
        messages.success(request, _("“%(scenario)s” is installed.") % {"scenario": scenario})
        return redirect("scenarios")
    return render(request, "simulator/scenario_add.html", context)


@page(Role.RESEARCHER)
@require_GET
def scenario_source(request: PageRequest, pk: int) -> HttpResponse:
    return HttpResponse(_version(request, pk).source, content_type="text/plain; charset=utf-8")


@page(Role.RESEARCHER)
@require_POST
def threshold(request: PageRequest, pk: int) -> HttpResponse:
    scenario = _version(request, pk)
    form = ThresholdForm(request.POST)
    if form.is_valid():
        scenario_threshold_set(scenario=scenario, threshold=form.cleaned_data["threshold"])
        messages.success(request, _("The next turn uses the threshold %(value)s.") % form_value(form))
    else:
        messages.error(request, _("A threshold is a number between 0 and 1."))
    return redirect("scenarios")


def form_value(form: ThresholdForm) -> dict[str, str]:
    return {"value": f"{form.cleaned_data['threshold']:.2f}"}


@page(Role.RESEARCHER)
@require_POST
def activate(request: PageRequest, pk: int) -> HttpResponse:
    scenario = _version(request, pk)
    scenario_activate(scenario=scenario, active=request.POST.get("active") == "yes")
    return redirect("scenarios")
