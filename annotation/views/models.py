"""Model versions: train, compare, deploy, roll back."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from annotation.models import RunKind
from annotation.reliability_chart import reliability_chart
from annotation.selectors.versions import (
    active_run,
    comparisons_of,
    latest_runs,
    run_for,
    short_version,
    version_for,
    versions_for,
)
from annotation.services.rebuild import rebuild_if_due
from annotation.services.run import run_cancel, run_request, runs_reap
from annotation.services.training import version_deploy, version_roll_back
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    runs_reap()
    rebuild_if_due()
    context = {
        "nav": "annotation",
        "versions": versions_for(request.user),
        "runs": latest_runs(request.user),
        "run": active_run(request.user, RunKind.RETRAIN),
    }
    return render(request, "annotation/models.html", context)


@for_researchers
@require_GET
def version(request: PageRequest, version: str) -> HttpResponseBase:
    row = version_for(request.user, version)
    context = {
        "nav": "annotation",
        "version": row,
        "comparisons": comparisons_of(row.run) if row.run else [],
        "diagrams": [reliability_chart(head, found) for head, found in row.manifest.reliability.items()],
    }
    return render(request, "annotation/version.html", context)


@for_researchers
@require_GET
def run(request: PageRequest, run_id: int) -> HttpResponseBase:
    """A run; as a fragment for the poll, which stops by itself when the run has ended."""
    runs_reap()
    found = run_for(request.user, run_id)
    context = {"nav": "annotation", "run": found, "comparisons": comparisons_of(found)}
    template = "annotation/_run.html" if request.headers.get("HX-Request") else "annotation/run.html"
    return render(request, template, context)


@for_researchers
@require_POST
def train(request: PageRequest) -> HttpResponseBase:
    started = run_request(viewer=request.user, kind=RunKind.RETRAIN, deploy="deploy" in request.POST)
    return redirect("annotation:run", run_id=started.pk)


@for_researchers
@require_POST
def cancel(request: PageRequest, run_id: int) -> HttpResponseBase:
    run_cancel(viewer=request.user, run_id=run_id)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("annotation:run", run_id=run_id)


@for_researchers
@require_POST
def deploy(request: PageRequest) -> HttpResponseBase:
    deployed = version_deploy(viewer=request.user, version=request.POST.get("version", ""))
    said = _("Version %(version)s serves from the next turn on. Suggestions are being renewed.")
    messages.success(request, said % {"version": short_version(deployed)})
    return redirect("annotation:models")


@for_researchers
@require_POST
def roll_back(request: PageRequest) -> HttpResponseBase:
    restored = version_roll_back(viewer=request.user)
    said = _("Rolled back: version %(version)s serves again.") % {"version": short_version(restored)}
    messages.success(request, said)
    return redirect("annotation:models")
