"""Items and labels as lists, for programs that read them all."""

from django.db.models import QuerySet

from annotation.access import Viewer
from annotation.errors import NotFound
from annotation.models import Action, Annotation, Item

from .visible import annotations_for, items_for


def item_for(viewer: Viewer, item_id: int) -> Item:
    """Raises NotFound."""
    item = items_for(viewer).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def labels_for(viewer: Viewer) -> QuerySet[Annotation]:
    """Standing labels: a researcher reads everybody's, an annotator their own, so that nobody is swayed."""
    labels = (
        annotations_for(viewer)
        .filter(is_standing=True, action=Action.LABEL, item__withdrawn_at=None)
        .select_related("codebook")
    )
    return labels if viewer.is_researcher else labels.filter(annotator_id=viewer.pk)
