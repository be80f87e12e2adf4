"""The labelling page. It works as plain forms; scripts make it instant."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from annotation.errors import LabelInvalid, NotFound
from annotation.forms import JudgementForm
from annotation.models import Annotation, Dataset, ItemTicket, Purpose
from annotation.numerals import whole
from annotation.selectors.queue import Progress, item_to_label, progress_of, recheck_progress
from annotation.services.annotation import annotation_save, annotation_undo, ticket_issue, ticket_next
from annotation.services.codebook import codebook_current
from annotation.services.prefill import queue_refresh
from annotation.views.access import PageRequest, for_annotators, wants_json
from annotation.words import label_words

MOST_WITHOUT = 200


@for_annotators
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    queue_refresh()
    dataset = _dataset(request)
    ticket = _first_ticket(request)
    context = {
        "nav": "annotation",
        "dataset": dataset,
        "skipped": "skipped" in request.GET,
        "recheck": "recheck" in request.GET,
        "codebook": codebook_current(),
        "progress": _progress(request),
        "words": label_words(),
        **_item_context(request, ticket),
    }
    return render(request, "annotation/label.html", context)


@for_annotators
@require_GET
def following(request: PageRequest) -> HttpResponseBase:
    """The next item as a fragment, besides those that the page holds; 204 when there is none."""
    ticket = ticket_next(viewer=request.user, without=_without(request), **_filter(request))
    if ticket is None:
        return HttpResponse(status=204)
    return render(request, "annotation/_item.html", _item_context(request, ticket))


@for_annotators
@require_POST
def save(request: PageRequest) -> HttpResponseBase:
    form = JudgementForm(request.POST)
    if not form.is_valid():
        raise LabelInvalid
    annotation = annotation_save(
        viewer=request.user,
        ticket_id=form.cleaned_data["ticket"],
        txn=form.cleaned_data["txn"],
        judgement=form.judgement(),
    )
    if wants_json(request):
        return JsonResponse({"saved": annotation.pk, "progress": _progress_json(_progress(request))})
    return redirect(_label_address(request))


@for_annotators
@require_POST
def undo(request: PageRequest) -> HttpResponseBase:
    txn = request.POST.get("txn") or uuid.uuid4().hex
    undone, ticket = annotation_undo(viewer=request.user, txn=txn)
    if wants_json(request):
        html = render_to_string("annotation/_item.html", _item_context(request, ticket, undone), request)
        return JsonResponse({"html": html, "progress": _progress_json(_progress(request))})
    return redirect(_label_address(request, item=str(ticket.item_id)))


def _item_context(
    request: PageRequest, ticket: ItemTicket | None, undone: Annotation | None = None
) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "item": ticket.item if ticket else None,
        "earlier": _earlier(request, ticket),
        "undone": undone,
        "types": codebook_current().types,
        "txn": uuid.uuid4().hex,
        "filter": urlencode(_query(request)),
    }


def _earlier(request: PageRequest, ticket: ItemTicket | None) -> Annotation | None:
    """The viewer's own label that is to be looked at again."""
    if ticket is None or ticket.purpose != Purpose.RECHECK:
        return None
    standing = Annotation.objects.filter(item=ticket.item, annotator_id=request.user.pk, is_standing=True)
    return standing.select_related("codebook").first()


def _first_ticket(request: PageRequest) -> ItemTicket | None:
    wanted = whole(request.GET.get("item", ""))
    if wanted is not None:
        item = item_to_label(request.user, wanted)
        purpose = Purpose.RECHECK if "recheck" in request.GET else Purpose.LABEL
        return ticket_issue(viewer=request.user, item=item, purpose=purpose)
    return ticket_next(viewer=request.user, **_filter(request))


def _filter(request: PageRequest) -> dict[str, Any]:
    dataset = request.GET.get("dataset", "")
    return {
        "dataset_id": whole(dataset),
        "skipped": "skipped" in request.GET,
        "recheck": "recheck" in request.GET,
    }


def _query(request: PageRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("dataset", "skipped", "recheck") if name in request.GET}


def _dataset(request: PageRequest) -> Dataset | None:
    wanted = _filter(request)["dataset_id"]
    if wanted is None:
        return None
    dataset = Dataset.objects.filter(pk=wanted).first()
    if dataset is None:
        raise NotFound
    return dataset


def _without(request: PageRequest) -> list[int]:
    numbers = request.GET.get("without", "").split(",")
    return [number for number in map(whole, numbers) if number is not None][:MOST_WITHOUT]


def _progress(request: PageRequest) -> Progress:
    wanted = _filter(request)
    progress = recheck_progress if wanted["recheck"] else progress_of
    return progress(request.user, dataset_id=wanted["dataset_id"])


def _progress_json(progress: Progress) -> dict[str, int]:
    return {"labelled": progress.labelled, "skipped": progress.skipped, "total": progress.total}


def _label_address(request: PageRequest, **more: str) -> str:
    query = urlencode({**_query(request), **more})
    return reverse("annotation:label") + (f"?{query}" if query else "")
