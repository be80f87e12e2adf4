"""Lineage: which replies a label had a part in, and which labels a reply rests on."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotation.lineage_drawing import lineage_drawing
from annotation.models import Item
from annotation.selectors.lineage import corrections_for, item_lineage, replies_touched
from annotation.selectors.version_lineage import version_family, version_lineage
from annotation.views.access import PageRequest, for_researchers
from simulator.selectors import ServedTurns

PER_PAGE = 25


def _replies(request: PageRequest, turns: ServedTurns) -> Page[Any]:
    return Paginator(turns, PER_PAGE).get_page(request.GET.get("page"))


@for_researchers
@require_GET
def page(request: PageRequest) -> HttpResponseBase:
    """The family of versions, and the labels that were corrected after a version had learned them."""
    viewer = request.user
    context = {
        "nav": "annotation",
        "family": version_family(viewer)[::-1],
        "corrections": corrections_for(viewer),
    }
    return render(request, "annotation/lineage.html", context)


@for_researchers
@require_GET
def item(request: PageRequest, item_id: int) -> HttpResponseBase:
    """One item. When a label was corrected: the replies that the old one touched; else all."""
    viewer = request.user
    found = item_lineage(viewer, item_id)
    stale = [use.version for use in found.stale]
    context = {
        "nav": "annotation",
        "lineage": found,
        "drawing": lineage_drawing(found.uses, [label.pk for label in found.labels], stale=stale),
        "labels": {label.pk: label for label in found.labels},
        "stale": stale,
        "replies": _replies(request, replies_touched(viewer, stale or found.learned)),
    }
    return render(request, "annotation/lineage_item.html", context)


@for_researchers
@require_GET
def version(request: PageRequest, version: str) -> HttpResponseBase:
    found = version_lineage(request.user, version)
    learned: Paginator[Item] = Paginator(found.labelled | found.by_rules, PER_PAGE)
    context = {
        "nav": "annotation",
        "lineage": found,
        "rows": learned.get_page(request.GET.get("rows")),
        "replies": _replies(request, found.replies),
    }
    return render(request, "annotation/lineage_version.html", context)
