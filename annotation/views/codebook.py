"""The codebook: what the labels mean, a new version, and the labels that a change touched."""

from itertools import pairwise

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.forms import CodebookForm
from annotation.models import Codebook
from annotation.selectors.codebooks import changed_labels, recheck_counts
from annotation.services.codebook import codebook_current, codebook_revise
from annotation.views.access import PageRequest, for_researchers


@for_researchers
@require_http_methods(["GET", "POST"])
def page(request: PageRequest) -> HttpResponseBase:
    current = codebook_current()
    form = CodebookForm(request.POST or None, codebook=current)
    if request.method == "POST" and form.is_valid():
        published = codebook_revise(viewer=request.user, **form.content())
        if published == current:
            messages.warning(request, _("Nothing differs, so there is no new version."))
        else:
            messages.success(request, _("Version %(n)d is published.") % {"n": published.version})
        return redirect("annotation:codebook")
    versions = list(Codebook.objects.all()[:20])
    context = {
        "nav": "annotation",
        "codebook": current,
        "form": form,
        "versions": [
            {"codebook": each, "changed": changed_labels(older, each)} for each, older in pairwise(versions)
        ],
        "first": versions[-1],
        "recheck": recheck_counts(request.user),
    }
    return render(request, "annotation/codebook.html", context, status=400 if form.errors else 200)
