"""Weak supervision: the labelling functions and how they are combined."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from annotation.access import Viewer
from annotation.charts import interval_mark
from annotation.models import Aggregator, LabelRun, RuleKind, RuleVersion, RunKind
from annotation.selectors.rules import aggregator_wanted, rules_for
from annotation.selectors.versions import active_run
from annotation.selectors.visible import items_for
from annotation.services.run import run_request
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    latest = LabelRun.objects.first()
    rules = rules_for(request.user)
    context = {
        "nav": "annotation",
        "latest": latest,
        "aggregators": _aggregators(latest),
        "wanted": aggregator_wanted(),
        "ways": Aggregator.choices,
        "functions": _functions(latest, rules, request.user),
        "copies": _copies(latest),
        "kinds": RuleKind.choices,
        "waiting": [each for each in rules if not _has_voted(latest, each)],
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
    """Every way of combining, with its accuracy where there was gold to compare them on."""
    if run is None:
        return []
    return [
        {
            "name": label,
            "kept": run.aggregator == name,
            "metric": run.metrics[name]["accuracy"],
            "mark": interval_mark(run.metrics[name]["accuracy"]),
        }
        for name, label in Aggregator.choices
        if name in run.metrics
    ]


def _functions(run: LabelRun | None, rules: list[RuleVersion], viewer: Viewer) -> list[dict[str, object]]:
    """The functions of the latest run, those written on the page with what they are now.

    A fault may quote its question, so it is told to those only who see that.
    """
    if run is None:
        return []
    now = {version.rule.name: version for version in rules}
    quoted = [each["fault_item"] for each in run.functions if "fault_item" in each]
    seen = set(items_for(viewer).filter(pk__in=quoted).values_list("pk", flat=True))
    return [
        {**each, "now": now.get(each["name"]), "quotes": each.get("fault_item") in seen}
        for each in run.functions
    ]


def _copies(run: LabelRun | None) -> list[list[str]]:
    """Groups of functions that repeat each other, by name."""
    groups: list[list[str]] = []
    for each in run.functions if run else ():
        if each["copies"] and not any(each["name"] in group for group in groups):
            groups.append([each["name"], *each["copies"]])
    return groups


def _has_voted(run: LabelRun | None, version: RuleVersion) -> bool:
    names = {each["name"] for each in run.functions} if run else set()
    return version.rule.name in names
