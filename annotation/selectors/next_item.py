"""The labelling page's hottest question: what comes next for this person?"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotation.access import Viewer
from annotation.models import Item, ItemTicket, Purpose
from simulator.selectors import Kind, Prepared, Several

from .queue import open_to, queue_for

MOST_WITHOUT = 200


def _free(viewer: int, kept_since: datetime, without: Sequence[int]) -> QuerySet[Item]:
    """The person's queue without what the page holds, and without what others hold who will complete it."""
    others = ItemTicket.objects.filter(
        item=OuterRef("pk"), used_at=None, purpose=Purpose.LABEL, issued_at__gt=kept_since
    ).exclude(annotator_id=viewer)
    held = others.order_by().values("item").annotate(count=Count("annotator", distinct=True)).values("count")
    items = open_to(viewer).annotate(held=Coalesce(Subquery(held, output_field=IntegerField()), 0))
    return items.filter(Q(people__lt=F("wanted") - F("held"))).exclude(pk__in=without)


def _free_in(viewer: int, kept_since: datetime, without: Sequence[int], dataset: int) -> QuerySet[Item]:
    return _free(viewer, kept_since, without).filter(dataset_id=dataset)


_KINDS: dict[str, Kind] = {"viewer": int, "kept_since": datetime, "without": Several(MOST_WITHOUT)}
_anywhere: Prepared[Item] = Prepared(lambda **values: _free(**values)[:1], **_KINDS)
_in_dataset: Prepared[Item] = Prepared(lambda **values: _free_in(**values)[:1], **_KINDS, dataset=int)


def next_item(
    viewer: Viewer, *, dataset_id: int | None, kept_since: datetime, without: Sequence[int]
) -> Item | None:
    """The first item of the viewer's queue that the page does not hold yet.

    What others fetched after ``kept_since`` and will label is left to them, so that people who work at the
    same time do not label the same questions beyond the number wanted. When nothing else is left, they may.

    Args:
        without: at most ``MOST_WITHOUT`` items.
    """
    values = {"viewer": viewer.pk, "kept_since": kept_since, "without": without}
    found = _anywhere(**values) if dataset_id is None else _in_dataset(**values, dataset=dataset_id)
    if found:
        return found[0]
    return queue_for(viewer, dataset_id=dataset_id).exclude(pk__in=without).first()
