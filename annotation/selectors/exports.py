"""What researchers may take out: everything but what was withdrawn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.exporting.datasheet import Collection, Sheet
from annotation.exporting.formats import FORMATS, Format
from annotation.exporting.rows import exported_rows
from annotation.models import Action, Annotation, Dataset, Item
from annotation.numerals import whole
from annotation.services.codebook import codebook_current

from .visible import datasets_for, items_for


def datasets_with_counts(viewer: Viewer) -> QuerySet[Dataset]:
    """Datasets that hold something, with ``size`` and ``labelled``."""
    require_researcher(viewer)
    there = Q(items__withdrawn_at=None)
    labelled = there & Q(items__annotations__is_standing=True, items__annotations__action=Action.LABEL)
    counted = datasets_for(viewer).annotate(
        size=Count("items", filter=there, distinct=True),
        labelled=Count("items", filter=labelled, distinct=True),
    )
    return counted.filter(size__gt=0)


@dataclass(frozen=True)
class Export:
    """A choice of questions in a format, ready to be streamed."""

    items: QuerySet[Item]
    format: Format
    name: str

    @property
    def filename(self) -> str:
        return f"{self.name}.{self.format.ending}"

    @property
    def content_type(self) -> str:
        return self.format.content_type

    def chunks(self) -> Iterator[bytes]:
        return self.format.write(exported_rows(self.items), sheet_of(self.items))


def export_for(viewer: Viewer, *, dataset: str, file_format: str) -> Export:
    """The questions of the dataset with this id, or all that the viewer sees when it is empty.

    Raises:
        NotFound: there is no such dataset or format.
    """
    require_researcher(viewer)
    chosen = FORMATS.get(file_format or "jsonl")
    if chosen is None:
        raise NotFound
    if not dataset:
        return Export(items_for(viewer), chosen, "annotation")
    found = datasets_for(viewer).filter(pk=whole(dataset) or 0).first()
    if found is None:
        raise NotFound
    name = re.sub(r"[^A-Za-z0-9]+", "-", found.name).strip("-").lower() or "dataset"
    return Export(items_for(viewer).filter(dataset=found), chosen, name)


def sheet_of(items: QuerySet[Item]) -> Sheet:
    """What the datasheet of these questions says."""
    datasets = Dataset.objects.filter(pk__in=items.order_by().values("dataset").distinct())
    counted = datasets.annotate(
        size=Count("items", filter=Q(items__withdrawn_at=None)),
        gone=Count("items", filter=Q(items__withdrawn_at__isnull=False)),
    )
    labels = Annotation.objects.filter(
        item__in=items, is_standing=True, action=Action.LABEL, planted_label=""
    )
    return Sheet(
        collections=[
            Collection(each.name, each.source, each.licence, each.origin, each.size, each.gone)
            for each in counted
        ],
        codebook=codebook_current(),
        labels=labels.count(),
        annotators=labels.values("annotator").distinct().count(),
        versions=sorted(set(labels.values_list("codebook__version", flat=True).order_by())),
    )
