"""What a codebook changed, and which labels were given under what it replaced."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from annotation.access import Viewer
from annotation.models import Action, Annotation, Codebook

from .visible import seen_by

MEANING = ("definition", "examples")  # what the words of a label rest on; the guidelines hold for all of them


def meaning(codebook: Codebook, label: str) -> dict[str, Any]:
    """What the codebook says about a label; empty where it does not know it."""
    found: dict[str, Any] = next((kind for kind in codebook.types if kind["label"] == label), {})
    return {name: found.get(name) for name in MEANING if found}


def changed_labels(old: Codebook, new: Codebook) -> list[str]:
    """The labels whose definition or examples differ, in the order of the new codebook."""
    known = [kind["label"] for kind in new.types]
    known += [kind["label"] for kind in old.types if kind["label"] not in known]
    return [label for label in known if meaning(old, label) != meaning(new, label)]


def stale_labels(codebooks: Sequence[Codebook] | None = None) -> QuerySet[Annotation]:
    """Standing labels that name a type whose meaning has changed since they were given.

    A label counts with every type that it names, in whatever place of the preference.

    Args:
        codebooks: all of them, newest first; looked up when left out.
    """
    newest, *older = codebooks if codebooks is not None else list(Codebook.objects.all())
    asked = Q(pk__in=[])
    for codebook in older:
        named = Q(pk__in=[])
        for label in changed_labels(codebook, newest):
            named |= Q(written__contains=f'"{label}"')
        asked |= Q(codebook=codebook) & named
    standing = Annotation.objects.filter(
        is_standing=True, action=Action.LABEL, item__withdrawn_at=None, planted_label=""
    )
    return standing.annotate(written=Cast("labels", TextField())).filter(asked)


def recheck_counts(viewer: Viewer) -> list[dict[str, Any]]:
    """How many labels wait to be looked at again, by annotator, of those that the viewer sees."""
    if not Codebook.objects.exists():
        return []
    stale = stale_labels().filter(seen_by(viewer.pk, "item__dataset")).select_related("annotator")
    people = Counter(str(label.annotator) for label in stale)
    return [{"name": name, "count": count} for name, count in sorted(people.items())]
