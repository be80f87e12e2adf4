"""What waits to be labelled, and for whom."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from annotation.access import Viewer, require_annotator
from annotation.models import Action, Annotation, Dataset, Item, ItemTicket

STANDING_LABEL = Q(annotations__is_standing=True, annotations__action=Action.LABEL)


def open_items() -> QuerySet[Item]:
    """Items that fewer people have labelled than their dataset wants."""
    counted = Item.objects.annotate(people=Count("annotations", filter=STANDING_LABEL))
    return counted.filter(people__lt=F("dataset__annotators_per_item"), withdrawn_at=None)


def queue_for(viewer: Viewer, *, dataset_id: int | None = None, skipped: bool = False) -> QuerySet[Item]:
    """The viewer's open items in their random order: those not touched yet, or those that were skipped."""
    require_annotator(viewer)
    mine = Annotation.objects.filter(annotator_id=viewer.pk, is_standing=True)
    items = open_items().select_related("dataset")
    if skipped:
        items = items.filter(pk__in=mine.filter(action=Action.SKIP).values("item"))
    else:
        items = items.exclude(pk__in=mine.values("item"))
    if dataset_id is not None:
        items = items.filter(dataset_id=dataset_id)
    return items.order_by("shuffle_key", "pk")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person has got."""

    labelled: int
    skipped: int
    waiting: int

    @property
    def total(self) -> int:
        return self.labelled + self.skipped + self.waiting


def progress_of(viewer: Viewer, *, dataset_id: int | None = None) -> Progress:
    require_annotator(viewer)
    mine = Annotation.objects.filter(annotator_id=viewer.pk, is_standing=True)
    if dataset_id is not None:
        mine = mine.filter(item__dataset_id=dataset_id)
    counts = mine.aggregate(
        labelled=Count("pk", filter=Q(action=Action.LABEL)), skipped=Count("pk", filter=Q(action=Action.SKIP))
    )
    waiting = queue_for(viewer, dataset_id=dataset_id).count()
    return Progress(counts["labelled"], counts["skipped"], waiting)


@dataclass(frozen=True, slots=True)
class DatasetRow:
    dataset: Dataset
    items: int
    progress: Progress


def datasets_for(viewer: Viewer) -> list[DatasetRow]:
    """Every dataset that has items, with the viewer's progress in it."""
    require_annotator(viewer)
    datasets = Dataset.objects.annotate(size=Count("items")).filter(size__gt=0)
    return [DatasetRow(each, each.size, progress_of(viewer, dataset_id=each.pk)) for each in datasets]


def ticket_for(viewer: Viewer, ticket_id: str) -> ItemTicket | None:
    """A ticket that was issued to the viewer."""
    require_annotator(viewer)
    return (
        ItemTicket.objects.select_related("item", "suggestion")
        .filter(pk=ticket_id, annotator_id=viewer.pk)
        .first()
    )
