"""Where labels disagree, and who may decide."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from annotation.access import Viewer, require_annotator
from annotation.draws import draw
from annotation.errors import NotAllowed
from annotation.models import Action, Adjudication, Adjudicator, Annotation, Item, StudyTask

from .study_tasks import RUNNING
from .visible import seen_by

# A label that counts in a dispute: it stands, and no planted suggestion stood beside it.
VOTE = Q(annotations__is_standing=True, annotations__action=Action.LABEL, annotations__planted_label="")


def may_adjudicate(viewer: Viewer) -> bool:
    """Researchers, and the annotators whom one of them entitled."""
    return viewer.is_researcher or (
        viewer.may_annotate and Adjudicator.objects.filter(person_id=viewer.pk).exists()
    )


def require_adjudicator(viewer: Viewer) -> None:
    """Raises NotFound, or NotAllowed for an annotator who is not entitled."""
    require_annotator(viewer)
    if not may_adjudicate(viewer):
        raise NotAllowed


def disputes() -> QuerySet[Item]:
    """Items that have all the labels that are wanted, where first choices or data flags differ.

    An expert's label settles an item by itself, and so does a decision that was made before. While a study
    runs, its items wait: who decides about them reads votes that some are still to give.
    """
    decided = Adjudication.objects.filter(item=OuterRef("pk"), is_standing=True)
    studied = StudyTask.objects.filter(RUNNING, item=OuterRef("pk"))
    first = KeyTextTransform("0", "annotations__labels")
    flags = {"annotations__data_issue": True}
    counted = Item.objects.filter(gold="", withdrawn_at=None, wanted__gt=1).annotate(
        votes=Count("annotations", filter=VOTE),
        flagged=Count("annotations", filter=VOTE & Q(**flags)),
        least=Min(Coalesce(first, Value("", output_field=TextField())), filter=VOTE),
        most=Max(Coalesce(first, Value("", output_field=TextField())), filter=VOTE),
    )
    differs = ~Q(least=F("most")) | Q(flagged__gt=0, flagged__lt=F("votes"))
    return counted.filter(differs, ~Exists(decided), ~Exists(studied), votes__gte=F("wanted"))


def disputes_for(viewer: Viewer, *, dataset_id: int | None = None) -> QuerySet[Item]:
    """Disputes that the viewer sees and may decide: nobody decides about a label of their own."""
    require_adjudicator(viewer)
    own = Annotation.objects.filter(item=OuterRef("pk"), annotator_id=viewer.pk, is_standing=True)
    items = disputes().filter(~Exists(own), seen_by(viewer.pk)).select_related("dataset")
    if dataset_id is not None:
        items = items.filter(dataset_id=dataset_id)
    return items.order_by("place", "pk")


@dataclass(frozen=True, slots=True)
class Vote:
    """A label as an adjudicator sees it: without a name, so that it is judged by what it says."""

    letter: str
    annotation: Annotation

    @property
    def first(self) -> str:
        """The type put first; empty where only data issues were flagged."""
        return self.annotation.labels[0] if self.annotation.labels else ""


def votes_on(item: Item) -> list[Vote]:
    """The labels in dispute, in an order that does not tell who gave them."""
    standing = Annotation.objects.filter(
        item=item, is_standing=True, action=Action.LABEL, planted_label=""
    ).select_related("codebook")
    mixed = sorted(standing, key=lambda each: draw(f"{item.key}\0{each.annotator_id}", "votes"))
    return [Vote(chr(ord("A") + place), each) for place, each in enumerate(mixed)]


def own_decisions(viewer: Viewer) -> QuerySet[Adjudication]:
    """What the viewer decided or took back, as far as they still see the items."""
    require_adjudicator(viewer)
    return Adjudication.objects.filter(seen_by(viewer.pk, "item__dataset"), adjudicator_id=viewer.pk)


def decided_by(viewer: Viewer) -> int:
    """How many decisions of the viewer stand."""
    return own_decisions(viewer).filter(is_standing=True, action=Action.LABEL).count()
