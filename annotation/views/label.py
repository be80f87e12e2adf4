"""The labelling page. It works as plain forms; scripts make it instant."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from annotation.errors import LabelInvalid
from annotation.forms import JudgementForm
from annotation.models import Annotation, ItemTicket, Purpose
from annotation.numerals import whole
from annotation.selectors.dialogue import whole_dialogue
from annotation.selectors.keys import keys_of
from annotation.selectors.queue import Progress, item_to_label
from annotation.services.annotation import annotation_save, annotation_save_and_next, annotation_undo
from annotation.services.codebook import codebook_current
from annotation.services.first_answer import first_answer_save
from annotation.services.prefill import queue_refresh
from annotation.services.ticket import ticket_issue, ticket_next
from annotation.views.access import PageRequest, for_annotators, wants_json
from annotation.views.label_queue import LabelQueue
from annotation.words import label_words

MOST_AT_ONCE = 6  # items that one request fetches


@for_annotators
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    queue_refresh()
    queue = LabelQueue.of(request)
    context = {
        "nav": "annotation",
        "queue": queue,
        "dataset": queue.dataset,
        "codebook": queue.codebook or codebook_current(),
        "progress": queue.progress,
        "words": label_words(),
        "keys": (keys := keys_of(request.user)),
        "own_keys": {
            "keys": {row.act.name: row.key for row in keys},
            "printed": {row.act.name: row.printed for row in keys},
        },
        **_item_context(request, queue, _first_ticket(request, queue)),
    }
    return render(request, "annotation/label.html", context)


@for_annotators
@require_GET
def following(request: PageRequest) -> HttpResponseBase:
    """The next items as fragments, besides those that the page holds; 204 when there is none."""
    queue, without = LabelQueue.of(request), LabelQueue.numbers(request.GET.get("without", ""))
    found: list[str] = []
    for _ in range(min(whole(request.GET.get("count", "")) or 1, MOST_AT_ONCE)):
        ticket = ticket_next(viewer=request.user, without=without, **queue.filter)
        if ticket is None:
            break
        without.append(ticket.item_id)
        found.append(_item_html(request, queue, ticket))
    return HttpResponse("\n".join(found)) if found else HttpResponse(status=204)


@for_annotators
@require_POST
def save(request: PageRequest) -> HttpResponseBase:
    """Store a label. A script gets the next item with the answer, besides those that it names."""
    queue, judged = LabelQueue.of(request), _judged(request)
    if not wants_json(request):
        annotation_save(**judged)
        return redirect(_label_address(queue))
    if "without" not in request.POST:
        return JsonResponse({"saved": annotation_save(**judged).pk})
    without = LabelQueue.numbers(request.POST["without"])
    saved, ticket = annotation_save_and_next(**judged, without=without, **queue.filter)
    return JsonResponse({"saved": saved.pk, "html": _item_html(request, queue, ticket) if ticket else ""})


@for_annotators
@require_POST
def answer(request: PageRequest) -> HttpResponseBase:
    """The answer before the reveal; the item comes back with the suggestion."""
    queue = LabelQueue.of(request)
    ticket = first_answer_save(**_judged(request))
    if wants_json(request):
        return JsonResponse({"html": _item_html(request, queue, ticket)})
    return redirect(_label_address(queue, item=str(ticket.item_id)))


@for_annotators
@require_POST
def undo(request: PageRequest) -> HttpResponseBase:
    queue = LabelQueue.of(request)
    txn = request.POST.get("txn") or uuid.uuid4().hex
    undone, ticket = annotation_undo(viewer=request.user, txn=txn)
    if wants_json(request):
        html = _item_html(request, queue, ticket, undone)
        return JsonResponse({"html": html, "progress": _progress_json(queue.progress)})
    return redirect(_label_address(queue, item=str(ticket.item_id)))


@for_annotators
@require_GET
def dialogue(request: PageRequest, item_id: int) -> HttpResponseBase:
    """The whole dialogue that an item is from, as a fragment."""
    return render(
        request, "annotation/_whole_dialogue.html", {"turns": whole_dialogue(request.user, item_id)}
    )


def _judged(request: PageRequest) -> dict[str, Any]:
    form = JudgementForm(request.POST)
    if not form.is_valid():
        raise LabelInvalid
    return {
        "viewer": request.user,
        "ticket_id": form.cleaned_data["ticket"],
        "txn": form.cleaned_data["txn"],
        "judgement": form.judgement(),
    }


def _item_html(
    request: PageRequest, queue: LabelQueue, ticket: ItemTicket, undone: Annotation | None = None
) -> str:
    return render_to_string("annotation/_item.html", _item_context(request, queue, ticket, undone), request)


def _item_context(
    request: PageRequest, queue: LabelQueue, ticket: ItemTicket | None, undone: Annotation | None = None
) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "item": ticket.item if ticket else None,
        "earlier": _earlier(request, ticket),
        "undone": undone,
        "types": ticket.codebook.types if ticket else [],
        "task": ticket.task if ticket else None,
        "txn": uuid.uuid4().hex,
        "filter": queue.query,
    }


def _earlier(request: PageRequest, ticket: ItemTicket | None) -> Annotation | None:
    """The viewer's own label that is to be looked at again."""
    if ticket is None or ticket.purpose != Purpose.RECHECK:
        return None
    standing = Annotation.objects.filter(item=ticket.item, annotator_id=request.user.pk, is_standing=True)
    return standing.select_related("codebook").first()


def _first_ticket(request: PageRequest, queue: LabelQueue) -> ItemTicket | None:
    wanted = whole(request.GET.get("item", ""))
    if wanted is not None:
        item = item_to_label(request.user, wanted)
        purpose = Purpose.RECHECK if queue.recheck else Purpose.LABEL
        return ticket_issue(viewer=request.user, item=item, purpose=purpose)
    return ticket_next(viewer=request.user, **queue.filter)


def _progress_json(progress: Progress) -> dict[str, int]:
    return {"labelled": progress.labelled, "skipped": progress.skipped, "total": progress.total}


def _label_address(queue: LabelQueue, **more: str) -> str:
    query = "&".join(filter(None, [queue.query, *(f"{name}={value}" for name, value in more.items())]))
    return reverse("annotation:label") + (f"?{query}" if query else "")
