"""The queue: what waits, for whom, and how more gets in."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from annotation.errors import FileRefused
from annotation.forms import UploadForm
from annotation.selectors.queue import datasets_for, progress_of
from annotation.services.codebook import codebook_current
from annotation.services.dataset import dialogues_import
from annotation.services.prefill import queue_refresh
from annotation.views.access import PageRequest, for_annotators, for_researchers


@for_annotators
@require_GET
def home(request: PageRequest) -> HttpResponseBase:
    queue_refresh()
    return _home(request, UploadForm())


@for_researchers
@require_POST
def dialogues_upload(request: PageRequest) -> HttpResponseBase:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _home(request, form, status=400)
    try:
        dataset, count = dialogues_import(**form.import_arguments())
    except FileRefused as error:
        form.add_error("file", str(error))
        return _home(request, form, status=error.status)
    added = ngettext("%(count)d new question in %(name)s.", "%(count)d new questions in %(name)s.", count)
    messages.success(request, added % {"count": count, "name": dataset.name})
    return redirect("annotation:home")


def _home(request: PageRequest, form: UploadForm, status: int = 200) -> HttpResponseBase:
    context = {
        "nav": "annotation",
        "datasets": datasets_for(request.user),
        "progress": progress_of(request.user),
        "codebook": codebook_current(),
        "form": form,
    }
    return render(request, "annotation/home.html", context, status=status)
