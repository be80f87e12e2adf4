"""What a version learned from, and what came of it; and how all versions hang together."""

from dataclasses import dataclass

from django.db.models import QuerySet

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.models import Annotation, Item
from annotation.store import model_store
from models_zoo.store import ModelStoreError
from simulator.selectors import Served, ServedTurns, replies_served, served_counts

from .lineage import NONE_SERVED, member
from .marks import Mark, marked_versions, parent_of
from .visible import items_for


@dataclass(frozen=True, slots=True)
class VersionLineage:
    """A version between its rows, as far as the viewer sees them, and its replies.

    ``erased`` rows are known by number only.
    """

    version: str
    parent: str
    labelled: QuerySet[Item]
    by_rules: QuerySet[Item]
    repairs: int
    erased: int
    served: Served
    replies: ServedTurns
    mark: Mark | None


def version_lineage(viewer: Viewer, version: str) -> VersionLineage:
    """Raises NotFound."""
    require_researcher(viewer)
    try:
        manifest = model_store().manifest(version)
    except ModelStoreError as error:
        raise NotFound(str(error)) from error
    lineage = manifest.lineage
    labels = Annotation.objects.filter(pk__in=lineage.get("annotation_ids", []))
    there = items_for(viewer).order_by("pk")
    labelled = there.filter(pk__in=labels.values("item"))
    by_rules = there.filter(pk__in=lineage.get("weak_item_ids", []))
    mark = marked_versions().get(version)
    return VersionLineage(
        version=version,
        parent=parent_of(manifest) or "",
        labelled=labelled,
        by_rules=by_rules,
        repairs=len(lineage.get("repair_event_ids", [])),
        erased=mark.rows if mark else 0,
        served=served_counts(member(viewer), [version]).get(version, NONE_SERVED),
        replies=replies_served(member(viewer), [version]),
        mark=mark,
    )


@dataclass(frozen=True, slots=True)
class VersionNode:
    """A version in the family of all versions."""

    version: str
    parent: str
    labels: int
    rules: int
    served: Served
    is_current: bool
    mark: Mark | None


def version_family(viewer: Viewer) -> list[VersionNode]:
    """Every stored version, oldest first."""
    require_researcher(viewer)
    store = model_store()
    manifests = store.versions()[::-1]
    counts = served_counts(member(viewer), [manifest.version for manifest in manifests])
    marks, current = marked_versions(), store.current()
    return [
        VersionNode(
            manifest.version,
            parent_of(manifest) or "",
            len(manifest.lineage.get("annotation_ids", [])),
            len(manifest.lineage.get("weak_item_ids", [])),
            counts.get(manifest.version, NONE_SERVED),
            manifest.version == current,
            marks.get(manifest.version),
        )
        for manifest in manifests
    ]
