"""Which model versions learned from rows that were erased since.

Nothing is stored: a version's manifest names its rows, and what is erased is on record. So the marks are
right whatever was interrupted, also for versions that a running training publishes later.
"""

from dataclasses import dataclass

from annotation.models import Item
from annotation.store import model_store
from models_zoo.manifest import Manifest
from simulator.selectors import erased_event_ids


@dataclass(frozen=True, slots=True)
class Mark:
    """How many erased rows a version learned from itself, or which of its ancestors did."""

    rows: int
    ancestor: str = ""


def parent_of(manifest: Manifest) -> str | None:
    """What a version went on from: by training, or by being compressed."""
    return manifest.parent or manifest.lineage.get("compressed_from")


def _manifests() -> dict[str, Manifest]:
    return {manifest.version: manifest for manifest in model_store().versions()}


def marked_versions() -> dict[str, Mark]:
    """Version -> its mark; versions that learned from nothing erased are left out."""
    return _marks(_manifests())


def _marks(manifests: dict[str, Manifest]) -> dict[str, Mark]:
    if not any(manifest.lineage for manifest in manifests.values()):
        return {}
    events = {str(event) for event in erased_event_ids()}
    items = set(Item.objects.exclude(withdrawn_at=None).values_list("pk", flat=True))
    own = {name: _erased_rows(manifest, events, items) for name, manifest in manifests.items()}
    found = {}
    for name in manifests:
        tainted = next((each for each in _line(name, manifests) if own[each]), None)
        if tainted is not None:
            found[name] = Mark(own[name], "" if own[name] else tainted)
    return found


def _erased_rows(manifest: Manifest, events: set[str], items: set[int]) -> int:
    """Rows with an event count by it, the others (of imported dialogues) by their item."""
    lineage = manifest.lineage
    by_event = {str(event) for event in lineage.get("event_ids", [])} & events
    by_item = {*lineage.get("item_ids", []), *lineage.get("weak_item_ids", [])} & items
    return max(len(by_event), len(by_item))


def _line(version: str, manifests: dict[str, Manifest]) -> list[str]:
    """The version and its stored ancestors, newest first."""
    found: list[str] = []
    following: str | None = version
    while following in manifests and following not in found:
        found.append(following)
        following = parent_of(manifests[following])
    return found


def clean_ancestor(version: str | None) -> str | None:
    """The version itself where nothing that it learned from was erased, else its newest such ancestor.

    None when there is none: training then begins from the pretrained encoder.
    """
    manifests = _manifests()
    marks = _marks(manifests)
    if version is None or version not in marks:
        return version
    return next((each for each in _line(version, manifests) if each not in marks), None)
