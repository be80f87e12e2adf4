"""The queue: what waits, and for whom."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.selectors.queue import datasets_with_progress, progress_of
from annotation.services.codebook import codebook_current
from annotation.services.prefill import queue_refresh
from annotation.views.access import PageRequest, for_annotators


@for_annotators
@require_GET
def home(request: PageRequest) -> HttpResponseBase:
    queue_refresh()
    context = {
        "nav": "annotation",
        "datasets": datasets_with_progress(request.user),
        "progress": progress_of(request.user),
        "codebook": codebook_current(),
    }
    return render(request, "annotation/home.html", context)
