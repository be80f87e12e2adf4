"""A person's keys on the labelling page."""

from dataclasses import dataclass

from annotation.access import Viewer, require_annotator
from annotation.keys import ACTS, DEFAULT, KeyAct, shown
from annotation.models import KeyMap


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An act with the person's key for it, as stored and as printed."""

    act: KeyAct
    key: str

    @property
    def printed(self) -> str:
        return shown(self.key)


def keys_of(viewer: Viewer) -> list[KeyRow]:
    """Every act in the order of the list, with the viewer's key."""
    require_annotator(viewer)
    own = KeyMap.objects.filter(person_id=viewer.pk).first()
    keys = DEFAULT | (own.keys if own else {})
    return [KeyRow(act, keys[act.name]) for act in ACTS]
