"""Deciding where labels disagree. A page for each dispute; keys press its buttons."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from annotation.forms import VerdictForm
from annotation.numerals import whole
from annotation.selectors.adjudication import decided_by, disputes_for, votes_on
from annotation.selectors.lineage import item_lineage
from annotation.services.adjudication import adjudication_save, adjudication_undo, dispute_next
from annotation.services.codebook import codebook_current
from annotation.views.access import PageRequest, for_adjudicators

MOST_LATER = 50


@for_adjudicators
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    dataset, later = _filter(request)
    ticket = dispute_next(viewer=request.user, dataset_id=dataset, without=later)
    waiting = disputes_for(request.user, dataset_id=dataset).count()
    context: dict[str, Any] = {
        "nav": "annotation",
        "ticket": ticket,
        "waiting": waiting,
        "decided": decided_by(request.user),
        "put_off": bool(later),
        "codebook": codebook_current(),
        "txn": uuid.uuid4().hex,
        "query": _query(dataset, later),
    }
    if ticket is not None:
        votes = votes_on(ticket.item)
        context |= {
            "votes": votes,
            "types": [
                {**kind, "votes": [vote.letter for vote in votes if vote.first == kind["label"]]}
                for kind in context["codebook"].types
            ],
            "later": _query(dataset, [*later, ticket.item_id]),
        }
    return render(request, "annotation/adjudicate.html", context)


@for_adjudicators
@require_POST
def save(request: PageRequest) -> HttpResponseBase:
    form = VerdictForm(request.POST)
    decision = adjudication_save(viewer=request.user, **form.arguments())
    if request.user.is_researcher:
        _tell_touched(request, decision.item_id)
    return _back(request)


def _tell_touched(request: PageRequest, item_id: int) -> None:
    """A decision against a label that a version has learned: say which replies that touched."""
    lineage = item_lineage(request.user, item_id)
    touched = sum(use.served.replies for use in lineage.stale)
    if touched:
        said = ngettext(
            "A label that you decided against had a part in %(n)d reply.",
            "A label that you decided against had a part in %(n)d replies.",
            touched,
        )
        link = reverse("annotation:lineage-item", args=[item_id])
        messages.info(
            request, format_html('{} <a href="{}">{}</a>', said % {"n": touched}, link, _("List them"))
        )


@for_adjudicators
@require_POST
def undo(request: PageRequest) -> HttpResponseBase:
    adjudication_undo(viewer=request.user, txn=request.POST.get("txn") or uuid.uuid4().hex)
    return _back(request)


def _filter(request: PageRequest) -> tuple[int | None, list[int]]:
    dataset = request.GET.get("dataset", "")
    later = [number for number in map(whole, request.GET.get("later", "").split(",")) if number is not None]
    return whole(dataset), later[-MOST_LATER:]


def _query(dataset: int | None, later: list[int]) -> str:
    query = {"dataset": dataset, "later": ",".join(map(str, later))}
    return urlencode({name: value for name, value in query.items() if value})


def _back(request: PageRequest) -> HttpResponseBase:
    query = _query(*_filter(request))
    return redirect(reverse("annotation:adjudicate") + (f"?{query}" if query else ""))
