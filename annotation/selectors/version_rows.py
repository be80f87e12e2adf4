"""What versions were made of, row by row, as far as the viewer may read it."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from annotation.access import Viewer
from annotation.models import Annotation, Item
from models_zoo.manifest import Manifest
from simulator.selectors import foreign_events

from .visible import hidden_from

LABELS = ("annotation_ids",)
ITEMS = ("item_ids", "weak_item_ids", "held_out_item_ids")
EVENTS = ("event_ids", "repair_event_ids")


def readable_lineages(viewer: Viewer, manifests: Sequence[Manifest]) -> list[dict[str, Any]]:
    """The lineage of each manifest without the rows of other studies.

    A version belongs to the installation and learned from all of it; how many rows those were is no secret.
    """
    unseen = hidden_from(viewer.pk)
    labels = Annotation.objects.filter(pk__in=_named(manifests, LABELS), item__dataset__in=unseen)
    items = Item.objects.filter(pk__in=_named(manifests, ITEMS), dataset__in=unseen)
    events = foreign_events(viewer.pk, _uuids(_named(manifests, EVENTS)))
    hidden: dict[str, frozenset[Any]] = {
        **dict.fromkeys(LABELS, frozenset(labels.values_list("pk", flat=True))),
        **dict.fromkeys(ITEMS, frozenset(items.values_list("pk", flat=True))),
        **dict.fromkeys(EVENTS, frozenset(str(event) for event in events)),
    }
    return [
        {name: _without(rows, hidden.get(name)) for name, rows in each.lineage.items()} for each in manifests
    ]


def _named(manifests: Iterable[Manifest], names: Sequence[str]) -> set[Any]:
    return {row for each in manifests for name in names for row in each.lineage.get(name, [])}


def _uuids(names: Iterable[Any]) -> list[uuid.UUID]:
    """A manifest that was made elsewhere may name its events otherwise; those are nobody's here."""
    found = []
    for name in names:
        try:
            found.append(uuid.UUID(str(name)))
        except ValueError:
            continue
    return found


def _without(rows: Any, hidden: frozenset[Any] | None) -> Any:
    return [row for row in rows if row not in hidden] if hidden else rows
