"""From a label to the rows that versions learned, and from there to the replies that those versions served.

Manifests name what a version was made of; turns name the version that read them. Both ends are joined here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.models import Action, Adjudication, Annotation, Item
from annotation.store import model_store
from models_zoo.manifest import Manifest
from simulator.selectors import Served, ServedTurns, replies_served, served_counts, turn_of

from .marks import Mark, marked_versions, parent_of
from .visible import annotations_for, items_for

NONE_SERVED = Served(0, 0)


def member(viewer: Viewer) -> Any:
    """The viewer as the simulator's selectors take them: its own class of people."""
    return viewer


@dataclass(frozen=True, slots=True)
class Use:
    """A version that an item had a part in.

    ``how``: "label" (people's), "rules" (weak labels), "repair" (put right on the console), "scored" (held
    out, nothing was learned), or "parent" (it goes on from a version that learned the item).
    """

    version: str
    how: str
    labels: tuple[int, ...] = ()
    parent: str = ""
    served: Served = NONE_SERVED
    is_current: bool = False
    mark: Mark | None = None

    @property
    def learned(self) -> bool:
        return self.how != "scored"


@dataclass(frozen=True, slots=True)
class ItemLineage:
    """Everything that followed from an item's labels; ``stale`` learned from one that stands no longer."""

    item: Item
    labels: list[Annotation]
    decision: Adjudication | None
    uses: list[Use]
    turn: Any
    stale: list[Use] = field(default_factory=list)

    @property
    def learned(self) -> list[str]:
        return [use.version for use in self.uses if use.learned]


def item_lineage(viewer: Viewer, item_id: int) -> ItemLineage:
    """Raises NotFound: there is no such item, or its teacher withdrew."""
    require_researcher(viewer)
    item = items_for(viewer).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    rows = item.annotations.filter(action=Action.LABEL).select_related("annotator", "codebook")
    labels = list(rows.order_by("pk"))
    decision = item.adjudications.filter(is_standing=True, action=Action.LABEL).first()
    uses = _uses(viewer, item, {label.pk for label in labels})
    wrong = {label.pk for label in labels if _is_corrected(label, decision)}
    direct = {use.version for use in uses if wrong.intersection(use.labels)}
    stale = [use for use in uses if use.version in direct or use.parent in direct]
    return ItemLineage(item, labels, decision, uses, turn_of(member(viewer), item.source_event), stale)


def _is_corrected(label: Annotation, decision: Adjudication | None) -> bool:
    """It stands no longer, or somebody decided otherwise."""
    if decision is not None and (decision.data_issue or [decision.label] != label.labels[:1]):
        return True
    return not label.is_standing


def _uses(viewer: Viewer, item: Item, labels: set[int]) -> list[Use]:
    """Newest version first."""
    store = model_store()
    manifests = {manifest.version: manifest for manifest in store.versions()}
    direct = {name: how for name, one in manifests.items() if (how := _how(one, item, labels))}
    learned = {name for name, (how, _ids) in direct.items() if how != "scored"}
    through = {
        name: parent
        for name in manifests
        if name not in learned and (parent := _teacher_of(name, manifests, learned))
    }
    counts = served_counts(member(viewer), [*direct, *through])
    marks, current = marked_versions(), store.current()
    found = []
    for name in manifests:
        if name in direct or name in through:
            part, ids = ("parent", ()) if name in through else direct[name]
            found.append(
                Use(
                    name, part, ids, through.get(name, ""), counts.get(name, NONE_SERVED), name == current,
                    marks.get(name),
                )
            )  # fmt: skip
    return found


def _how(manifest: Manifest, item: Item, labels: set[int]) -> tuple[str, tuple[int, ...]] | None:
    lineage = manifest.lineage
    ids = tuple(sorted(labels.intersection(lineage.get("annotation_ids", []))))
    if ids:
        return "label", ids
    if item.pk in lineage.get("weak_item_ids", []):
        return "rules", ()
    if item.pk in lineage.get("held_out_item_ids", []):
        return "scored", ()
    repaired = item.source_event and str(item.source_event) in lineage.get("event_ids", [])
    return ("repair", ()) if repaired else None


def _teacher_of(version: str, manifests: Mapping[str, Manifest], learned: set[str]) -> str:
    """The nearest ancestor among ``learned``; empty when there is none."""
    following, seen = parent_of(manifests[version]), set[str]()
    while following is not None and following in manifests and following not in seen:
        if following in learned:
            return following
        seen.add(following)
        following = parent_of(manifests[following])
    return ""


def replies_touched(viewer: Viewer, versions: list[str]) -> ServedTurns:
    """The replies that these versions had a part in, newest first."""
    require_researcher(viewer)
    return replies_served(member(viewer), versions)


@dataclass(frozen=True, slots=True)
class Correction:
    """A label that stands no longer, and what learned from it while it did."""

    label: Annotation
    now: str
    versions: list[str]
    served: Served


def corrections_for(viewer: Viewer, *, most: int = 50) -> list[Correction]:
    """Corrected labels that versions learned from, those with the most replies first."""
    require_researcher(viewer)
    learned: dict[int, list[str]] = {}
    for manifest in model_store().versions():
        for pk in manifest.lineage.get("annotation_ids", []):
            learned.setdefault(pk, []).append(manifest.version)
    rows = annotations_for(viewer).filter(action=Action.LABEL, item__withdrawn_at=None)
    rows = rows.filter(pk__in=_corrected_ids(set(learned))).select_related("item", "annotator")
    counts = served_counts(member(viewer), {name for row in rows for name in learned[row.pk]})
    now = _standing_labels([row.item_id for row in rows])
    found = [
        Correction(
            row,
            now.get(row.item_id, ""),
            learned[row.pk],
            Served(
                sum(counts.get(name, NONE_SERVED).replies for name in learned[row.pk]),
                sum(counts.get(name, NONE_SERVED).alone for name in learned[row.pk]),
            ),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.served.replies, -one.label.pk))[:most]


def _corrected_ids(learned: set[int]) -> set[int]:
    """Of what was learned from: rows that stand no longer, and rows that a decision overruled."""
    fallen = set(
        Annotation.objects.filter(is_standing=False, action=Action.LABEL).values_list("pk", flat=True)
    )
    decided = {
        decision.item_id: decision
        for decision in Adjudication.objects.filter(is_standing=True, action=Action.LABEL)
    }
    standing = Annotation.objects.filter(item__in=decided, is_standing=True, action=Action.LABEL)
    overruled = {row.pk for row in standing if _is_corrected(row, decided[row.item_id])}
    return learned & (fallen | overruled)


def _standing_labels(items: list[int]) -> dict[int, str]:
    """Item -> what is held for true now: the decision, else the newest standing label."""
    rows = Annotation.objects.filter(item__in=items, is_standing=True, action=Action.LABEL).order_by("pk")
    found = {row.item_id: row.labels[0] for row in rows if row.labels}
    decisions = Adjudication.objects.filter(item__in=items, is_standing=True, action=Action.LABEL)
    return found | {decision.item_id: decision.label for decision in decisions}
