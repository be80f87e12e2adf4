"""Data in and out: upload a file, download what was labelled."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from annotation.errors import AnnotationError
from annotation.exporting.formats import FORMATS
from annotation.exporting.streaming import download
from annotation.import_forms import UploadForm
from annotation.selectors.exports import datasets_with_counts, export_for
from annotation.selectors.imports import imports_for
from annotation.services.file_import import file_receive
from annotation.services.run import runs_reap
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    return _page(request, UploadForm(viewer=request.user))


@for_researchers
@require_POST
def upload(request: PageRequest) -> HttpResponseBase:
    form = UploadForm(request.POST, request.FILES, viewer=request.user)
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        one = file_receive(viewer=request.user, **form.chosen())
    except AnnotationError as error:
        form.add_error("file", str(error))
        return _page(request, form, status=error.status)
    return redirect("annotation:file-import", import_id=one.pk)


@for_researchers
@require_GET
def export(request: PageRequest) -> HttpResponseBase:
    """Download a dataset, or all of them, in one of the formats."""
    chosen = export_for(
        request.user, dataset=request.GET.get("dataset", ""), file_format=request.GET.get("format", "")
    )
    return download(chosen.chunks(), filename=chosen.filename, content_type=chosen.content_type)


def _page(request: PageRequest, form: UploadForm, status: int = 200) -> HttpResponseBase:
    runs_reap()
    context = {
        "nav": "annotation",
        "form": form,
        "imports": imports_for(request.user),
        "datasets": datasets_with_counts(request.user),
        "formats": FORMATS.values(),
    }
    return render(request, "annotation/data.html", context, status=status)
