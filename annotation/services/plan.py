"""How a data set is to be labelled: by how many, in which order, with how much planted."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.models import Dataset, Item, Order
from annotation.ordering.places import places
from annotation.selectors.visible import datasets_for

from .item import people_wanted
from .training import prefill_queue

BATCH = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What the page sends; the form has checked the ranges."""

    annotators_per_item: int
    overlap_share: float
    plant_share: float
    order: Order


@transaction.atomic
def plan_change(*, viewer: Viewer, dataset_id: int, plan: Plan) -> Dataset:
    """Change how a data set is labelled. Labels stay as they are; what is open is counted anew.

    A strategy needs scores, so the prefill job is asked for; until it is through the old order stands.

    Raises:
        NotFound: there is no such data set.
    """
    require_researcher(viewer)
    dataset = datasets_for(viewer).filter(pk=dataset_id).first()
    if dataset is None:
        raise NotFound
    before = (dataset.annotators_per_item, dataset.overlap_share)
    dataset.annotators_per_item = plan.annotators_per_item
    dataset.overlap_share = plan.overlap_share
    dataset.plant_share = plan.plant_share
    order, dataset.order = dataset.order, plan.order
    dataset.save()
    if before != (plan.annotators_per_item, plan.overlap_share):
        _count_anew(dataset)
    if order != plan.order:
        if plan.order == Order.RANDOM:
            order_at_random(dataset)
        else:
            prefill_queue(requested_by=viewer)
    return dataset


def _count_anew(dataset: Dataset) -> None:
    items = list(dataset.items.filter(second_look=None).only("pk", "key", "wanted"))
    changed = []
    for item in items:
        wanted = people_wanted(dataset, item.key)
        if wanted != item.wanted:
            item.wanted = wanted
            changed.append(item)
    Item.objects.bulk_update(changed, ["wanted"], batch_size=BATCH)


def order_at_random(dataset: Dataset) -> None:
    """Every item back to the place that was drawn for it."""
    items = list(dataset.items.only("pk", "shuffle_key", "place"))
    for item in items:
        item.place = item.shuffle_key
    Item.objects.bulk_update(items, ["place"], batch_size=BATCH)
    Dataset.objects.filter(pk=dataset.pk).update(ordered_at=timezone.now())


@transaction.atomic
def order_settle(*, dataset: Dataset, scores: Mapping[int, float]) -> None:
    """Put the queue in the order of ``scores`` (item -> score, the largest first).

    Held-out items keep their random order among each other and come at even distances between, so that
    estimates rest on a random share whatever the strategy prefers. Without a score there is no change.
    """
    ranked = sorted(scores, key=lambda item: (-scores[item], item))
    held_out = dataset.items.filter(holdout=True).order_by("shuffle_key", "pk").values_list("pk", flat=True)
    found = places(ranked, [item for item in held_out if item not in scores])
    items = list(dataset.items.filter(pk__in=found).only("pk", "place"))
    for item in items:
        item.place = found[item.pk]
    Item.objects.bulk_update(items, ["place"], batch_size=BATCH)
    Dataset.objects.filter(pk=dataset.pk).update(ordered_at=timezone.now())
