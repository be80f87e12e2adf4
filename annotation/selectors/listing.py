"""Items and labels as lists, for programs that read them all."""

from django.db.models import QuerySet

from annotation.access import Viewer, require_annotator
from annotation.errors import NotFound
from annotation.models import Action, Annotation, Item


def items_for(viewer: Viewer) -> QuerySet[Item]:
    """All items but withdrawn ones."""
    require_annotator(viewer)
    return Item.objects.filter(withdrawn_at=None).select_related("dataset")


def item_for(viewer: Viewer, item_id: int) -> Item:
    """Raises NotFound."""
    item = items_for(viewer).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def labels_for(viewer: Viewer) -> QuerySet[Annotation]:
    """Standing labels: a researcher reads everybody's, an annotator their own, so that nobody is swayed."""
    require_annotator(viewer)
    labels = Annotation.objects.filter(
        is_standing=True, action=Action.LABEL, item__withdrawn_at=None
    ).select_related("codebook")
    return labels if viewer.is_researcher else labels.filter(annotator_id=viewer.pk)
