"""What waits to be labelled, and for whom."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from annotation.access import Viewer, require_annotator
from annotation.errors import NotFound
from annotation.models import Action, Annotation, Codebook, Dataset, Item, ItemTicket, Purpose, StudyTask

from .codebooks import stale_labels
from .visible import annotations_for, datasets_for, items_for, seen_by


def open_items() -> QuerySet[Item]:
    """Items that fewer people have labelled than are wanted.

    Counted item by item through the index of standing annotations, so that the first of the queue is found
    without reading all of it.
    """
    labels = Annotation.objects.filter(item=OuterRef("pk"), is_standing=True, action=Action.LABEL)
    people = labels.order_by().values("item").annotate(count=Count("pk")).values("count")
    counted = Item.objects.annotate(people=Coalesce(Subquery(people, output_field=IntegerField()), 0))
    return counted.filter(people__lt=F("wanted"), withdrawn_at=None)


def open_to(person_id: int, *, skipped: bool = False) -> QuerySet[Item]:
    """The open items that a person sees, by their place: those not touched yet, or those that were skipped.

    What the person saw the votes of, to decide between them, is no longer theirs to label; what they label in
    a study that runs comes by the study's own queue.
    """
    mine = Annotation.objects.filter(item=OuterRef("pk"), annotator_id=person_id, is_standing=True)
    seen = ItemTicket.objects.filter(item=OuterRef("pk"), annotator_id=person_id, purpose=Purpose.ADJUDICATE)
    touched = Exists(mine.filter(action=Action.SKIP)) if skipped else ~Exists(mine)
    items = open_items().filter(seen_by(person_id), touched, ~Exists(seen), ~Exists(running_tasks(person_id)))
    return items.order_by("place", "pk")


def running_tasks(person_id: int) -> QuerySet[StudyTask]:
    """A person's tasks of the item around it, in studies that run."""
    return StudyTask.objects.filter(
        item=OuterRef("pk"),
        annotator_id=person_id,
        study__started_at__isnull=False,
        study__ended_at=None,
    )


def queue_for(viewer: Viewer, *, dataset_id: int | None = None, skipped: bool = False) -> QuerySet[Item]:
    """The viewer's open items by their place, of one data set or of all."""
    require_annotator(viewer)
    items = open_to(viewer.pk, skipped=skipped).select_related("dataset")
    return items if dataset_id is None else items.filter(dataset_id=dataset_id)


def item_to_label(viewer: Viewer, item_id: int) -> Item:
    """An item by its number. Raises NotFound, also where the viewer has seen what others said about it."""
    seen = ItemTicket.objects.filter(item=OuterRef("pk"), annotator_id=viewer.pk, purpose=Purpose.ADJUDICATE)
    item = items_for(viewer).filter(~Exists(seen), pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def recheck_for(viewer: Viewer, *, dataset_id: int | None = None) -> QuerySet[Item]:
    """Items whose label by the viewer was given under an old meaning of the types it names."""
    require_annotator(viewer)
    codebooks = list(Codebook.objects.all())
    if len(codebooks) < 2:
        return Item.objects.none()
    mine = stale_labels(codebooks).filter(annotator_id=viewer.pk)
    items = Item.objects.filter(seen_by(viewer.pk), pk__in=mine.values("item")).select_related("dataset")
    items = items.filter(~Exists(running_tasks(viewer.pk)))  # in a study the old meaning holds to its end
    if dataset_id is not None:
        items = items.filter(dataset_id=dataset_id)
    return items.order_by("place", "pk")


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
    mine = annotations_for(viewer).filter(annotator_id=viewer.pk, is_standing=True)
    if dataset_id is not None:
        mine = mine.filter(item__dataset_id=dataset_id)
    counts = mine.aggregate(
        labelled=Count("pk", filter=Q(action=Action.LABEL)), skipped=Count("pk", filter=Q(action=Action.SKIP))
    )
    waiting = queue_for(viewer, dataset_id=dataset_id).count()
    return Progress(counts["labelled"], counts["skipped"], waiting)


def recheck_progress(viewer: Viewer, *, dataset_id: int | None = None) -> Progress:
    """How many labels the viewer has looked at again under the codebook of now, and how many wait."""
    waiting = recheck_for(viewer, dataset_id=dataset_id).count()
    newest = Codebook.objects.first()
    done = annotations_for(viewer).filter(
        annotator_id=viewer.pk, is_standing=True, ticket__purpose=Purpose.RECHECK, codebook=newest
    )
    if dataset_id is not None:
        done = done.filter(item__dataset_id=dataset_id)
    return Progress(done.count(), 0, waiting)


@dataclass(frozen=True, slots=True)
class DatasetRow:
    dataset: Dataset
    items: int
    progress: Progress


def datasets_with_progress(viewer: Viewer) -> list[DatasetRow]:
    """Every dataset that has items, with the viewer's progress in it."""
    datasets = datasets_for(viewer).annotate(size=Count("items")).filter(size__gt=0)
    return [DatasetRow(each, each.size, progress_of(viewer, dataset_id=each.pk)) for each in datasets]
