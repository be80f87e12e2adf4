"""One imported file: look at it, say how it is to be read, check it, take it over."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.exporting.streaming import download
from annotation.import_forms import ReadingForm, form_of
from annotation.models import FileImport
from annotation.selectors.imports import fault_rows, import_for, preview_of
from annotation.services.file_import import (
    MOST_FAULTS,
    file_import_configure,
    file_import_discard,
    file_import_request,
)
from annotation.services.run import runs_reap
from annotation.views.access import PageRequest, for_researchers

SHOWN_FAULTS = 20


@for_researchers
@require_http_methods(["GET", "POST"])
def page(request: PageRequest, import_id: int) -> HttpResponseBase:
    """The page; posted, what is to be done: read it otherwise, check it, import it."""
    runs_reap()
    one = import_for(request.user, import_id)
    if request.method == "GET":
        template = "_import_state" if request.headers.get("HX-Request") else "file_import"
        return _page(request, one, form_of(one), template=template)
    if one.path:
        form = ReadingForm(one, request.POST)
        if not form.is_valid():
            return _page(request, one, form, status=400)
        one = file_import_configure(viewer=request.user, import_id=import_id, reading=form.reading())
    todo = request.POST.get("do")
    if todo in ("check", "import"):
        file_import_request(viewer=request.user, import_id=import_id, dry_run=todo == "check")
    return redirect("annotation:file-import", import_id=import_id)


@for_researchers
@require_POST
def discard(request: PageRequest, import_id: int) -> HttpResponseBase:
    file_import_discard(viewer=request.user, import_id=import_id)
    messages.success(request, _("The upload is deleted. What was imported of it stays."))
    return redirect("annotation:data")


@for_researchers
@require_GET
def faults(request: PageRequest, import_id: int) -> HttpResponseBase:
    """What was refused, as CSV: line, reason."""
    one = import_for(request.user, import_id)
    return download(
        _fault_lines(one), filename=f"faults-{one.pk}.csv", content_type="text/csv; charset=utf-8"
    )


def _fault_lines(one: FileImport) -> Iterator[bytes]:
    for row in (("line", "reason"), *fault_rows(one)):
        line = StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue().encode()


def _page(
    request: PageRequest,
    one: FileImport,
    form: ReadingForm,
    *,
    template: str = "file_import",
    status: int = 200,
) -> HttpResponseBase:
    context = {
        "nav": "annotation",
        "one": one,
        "run": one.run,
        "form": form,
        "faults": one.faults.all()[:SHOWN_FAULTS],
        "most_faults": MOST_FAULTS,
    }
    if template == "file_import":
        context["preview"] = preview_of(one)
    return render(request, f"annotation/{template}.html", context, status=status)
