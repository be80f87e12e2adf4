"""Label Studio: connect, send, fetch, decide conflicts. The network is only touched by the worker."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from annotation.errors import AnnotationError
from annotation.label_studio.connection import server_forget, server_now, server_save
from annotation.label_studio.projects import config_decide, project_renew, pull_request, push_request
from annotation.label_studio.selectors import conflicts_for, dataset_rows
from annotation.label_studio.takeover import conflict_decide
from annotation.services.run import runs_reap
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    return _page(request)


def _page(
    request: PageRequest, *, url: str = "", error: AnnotationError | None = None, status: int = 200
) -> HttpResponseBase:
    runs_reap()
    server = server_now()
    rows = dataset_rows(request.user)
    runs = [server.run if server else None, *(row.run for row in rows)]
    context = {
        "nav": "annotation",
        "server": server,
        "url": url or (server.url if server else ""),
        "error": error,
        "rows": rows,
        "active": any(run is not None and run.is_active for run in runs),
        "waiting": sum(project.conflicts + project.refused for row in rows for project in row.projects),  # type: ignore[attr-defined]
    }
    fragment = bool(request.headers.get("HX-Request"))
    template = "annotation/_label_studio.html" if fragment else "annotation/label_studio.html"
    return render(request, template, context, status=status)


@for_researchers
@require_POST
def connect(request: PageRequest) -> HttpResponseBase:
    url = request.POST.get("url", "")
    try:
        server_save(viewer=request.user, url=url, token=request.POST.get("token", ""))
    except AnnotationError as error:  # shown at the field; the token is never sent back
        return _page(request, url=url, error=error, status=400)
    return redirect("annotation:label-studio")


@for_researchers
@require_POST
def forget(request: PageRequest) -> HttpResponseBase:
    server_forget(viewer=request.user)
    messages.success(request, _("Address and token are deleted. What was fetched stays."))
    return redirect("annotation:label-studio")


@for_researchers
@require_POST
def send(request: PageRequest, dataset_id: int) -> HttpResponseBase:
    push_request(viewer=request.user, dataset_id=dataset_id, two_arms="two_arms" in request.POST)
    return redirect("annotation:label-studio")


@for_researchers
@require_POST
def fetch(request: PageRequest, dataset_id: int) -> HttpResponseBase:
    pull_request(viewer=request.user, dataset_id=dataset_id)
    return redirect("annotation:label-studio")


@for_researchers
@require_POST
def renew(request: PageRequest, project_id: int) -> HttpResponseBase:
    project_renew(viewer=request.user, project_id=project_id)
    messages.success(request, _("The next sending makes a new project there."))
    return redirect("annotation:label-studio")


@for_researchers
@require_POST
def config(request: PageRequest, project_id: int) -> HttpResponseBase:
    config_decide(
        viewer=request.user, project_id=project_id, keep_theirs=request.POST.get("keep") == "theirs"
    )
    return redirect("annotation:label-studio")


@for_researchers
@require_GET
def conflicts(request: PageRequest) -> HttpResponseBase:
    context = {"nav": "annotation", "conflicts": conflicts_for(request.user)}
    return render(request, "annotation/label_studio_conflicts.html", context)


@for_researchers
@require_POST
def decide(request: PageRequest, label_id: int) -> HttpResponseBase:
    conflict_decide(viewer=request.user, label_id=label_id, take_theirs=request.POST.get("keep") == "theirs")
    return redirect("annotation:label-studio-conflicts")
