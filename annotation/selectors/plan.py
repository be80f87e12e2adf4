"""A data set's plan and what comes of it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.models import Dataset, Item, ItemScore, Order
from annotation.ordering.strategies import STRATEGIES, Strategy

from .visible import datasets_for

NEXT = 8


@dataclass(frozen=True, slots=True)
class PlanView:
    """What the page shows; ``upcoming`` are the next items of the queue, with their scores if any."""

    dataset: Dataset
    items: int
    overlapping: int
    held_out: int
    gold: int
    scored: int
    upcoming: list[Item]
    strategies: list[Strategy]

    @property
    def initial(self) -> dict[str, Any]:
        return {
            "annotators_per_item": self.dataset.annotators_per_item,
            "overlap_percent": round(self.dataset.overlap_share * 100),
            "plant_percent": round(self.dataset.plant_share * 100),
            "order": self.dataset.order,
        }

    @property
    def ordered_by(self) -> str:
        """The column of the scores that the queue follows, or an empty string."""
        return "" if self.dataset.order == Order.RANDOM else self.dataset.order


def plan_for(viewer: Viewer, dataset_id: int) -> PlanView:
    """Raises NotFound."""
    require_researcher(viewer)
    dataset = datasets_for(viewer).filter(pk=dataset_id).first()
    if dataset is None:
        raise NotFound
    items = dataset.items.filter(withdrawn_at=None)
    counts = items.aggregate(
        items=Count("pk"),
        overlapping=Count("pk", filter=Q(wanted__gt=1)),
        held_out=Count("pk", filter=Q(holdout=True)),
        gold=Count("pk", filter=~Q(gold="")),
    )
    labelled = Count("annotations", filter=Q(annotations__is_standing=True))
    upcoming = items.annotate(people=labelled).filter(people__lt=F("wanted")).select_related("score")
    return PlanView(
        dataset=dataset,
        scored=ItemScore.objects.filter(item__dataset=dataset).count(),
        upcoming=list(upcoming.order_by("place", "pk")[:NEXT]),
        strategies=list(STRATEGIES),
        **counts,
    )
