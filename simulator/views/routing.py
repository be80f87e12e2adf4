"""How turns are routed, for researchers: the promise, silent errors, past turns under other thresholds."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from simulator.errors import ThresholdInvalid
from simulator.forms import RoutingPolicyForm, ThresholdForm
from simulator.load.replay import Point
from simulator.models import Role
from simulator.selectors.routing import RoutingDetail, routing_detail, routing_overview, routing_overviews
from simulator.selectors.study import study_for
from simulator.selectors.threshold import policy_of
from simulator.services.routing import policy_set, threshold_choose

from .access import PageRequest, page
from .routing_charts import load_over_threshold, over_time, risk_coverage, wait_over_threshold, wait_over_time

HISTORY_ROWS = 30


@page(Role.RESEARCHER)
@require_GET
def routing(request: PageRequest) -> HttpResponse:
    rows = routing_overviews(request.user)
    return render(request, "simulator/routing.html", {"nav": "routing", "rows": rows})


@page(Role.RESEARCHER)
@require_GET
def routing_scenario(request: PageRequest, slug: str, scenario: str) -> HttpResponse:
    return _scenario_page(request, routing_detail(request.user, slug, scenario), None)


def _scenario_page(
    request: PageRequest, found: RoutingDetail, form: RoutingPolicyForm | None
) -> HttpResponse:
    policy, points = found.policy, found.points
    guarantee = found.overview.guarantee
    supported = guarantee.threshold if guarantee else None
    risk, load = risk_coverage(points, target=policy.target_error), load_over_threshold(points)
    wait = wait_over_threshold(points, limit_s=policy.wait_limit_s)
    now = nearest(points, found.overview.standing.resting)
    ceiling = None if supported is None else nearest(points, supported)
    context = {
        "nav": "routing",
        "found": found,
        "overview": found.overview,
        "policy": policy,
        "form": form or RoutingPolicyForm(instance=policy),
        "history": found.history[:HISTORY_ROWS],
        "table": points[::5],
        "risk": risk,
        "load": load,
        "wait": wait,
        "thresholds": over_time(found.trace),
        "waits": wait_over_time(found.trace, limit_s=policy.wait_limit_s),
        "replay": {
            "points": [point.to_json() for point in points],
            "marks": [risk.marks, load.marks, wait.marks],
            "now": now,
            "supported": ceiling,
            "words": {
                "unknown": _("no verdicts below it"),
                "interval": _("{low} to {high}, from {n} verdicts"),
            },
        },
    }
    status = 422 if form is not None else 200
    return render(request, "simulator/routing_scenario.html", context, status=status)


def nearest(points: list[Point], threshold: float) -> int | None:
    """The place of the point that a threshold falls on; None without points."""
    if not points:
        return None
    return min(range(len(points)), key=lambda place: abs(points[place].threshold - threshold))


@page(Role.RESEARCHER)
@require_POST
def routing_policy(request: PageRequest, slug: str, scenario: str) -> HttpResponse:
    found = routing_detail(request.user, slug, scenario)
    form = RoutingPolicyForm(request.POST, instance=policy_of(found.overview.study.pk))
    if not form.is_valid():
        return _scenario_page(request, found, form)
    policy_set(study=study_for(request.user, slug), **form.cleaned_data)
    messages.success(request, _("The study's settings hold from the next turn on."))
    return redirect("routing-scenario", slug, scenario)


@page(Role.RESEARCHER)
@require_http_methods(["GET", "POST"])
def routing_deploy(request: PageRequest, slug: str, scenario: str) -> HttpResponse:
    """Say what a threshold would mean (GET), and put it into force (POST)."""
    form = ThresholdForm(request.POST or request.GET)
    if not form.is_valid():
        raise ThresholdInvalid
    threshold = form.cleaned_data["threshold"]
    if request.method == "GET":
        found = routing_detail(request.user, slug, scenario)
        place = nearest(found.points, threshold)
        guarantee = found.overview.guarantee
        supported = guarantee.threshold if guarantee else None
        context = {
            "nav": "routing",
            "found": found,
            "overview": found.overview,
            "threshold": threshold,
            "point": None if place is None else found.points[place],
            "beyond": supported is None or threshold > supported,
        }
        return render(request, "simulator/routing_deploy.html", context)
    overview = routing_overview(request.user, slug, scenario)
    threshold_choose(study=overview.study, slug=scenario, threshold=threshold, user=request.user)
    messages.success(
        request, _("The threshold %(value)s holds from the next turn on.") % {"value": threshold}
    )
    return redirect("routing-scenario", slug, scenario)
