"""The acts of the labelling page and the keys that they come with."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.errors import KeysInvalid

NAMED = {
    "Enter": gettext_lazy("Enter"),
    "Space": gettext_lazy("Space"),
    "Backspace": gettext_lazy("Backspace"),
    "Delete": gettext_lazy("Delete"),
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
}


@dataclass(frozen=True, slots=True)
class KeyAct:
    """Something that a key does; ``name`` is how scripts and storage call it."""

    name: str
    says: str | Promise
    key: str


ACTS = (
    KeyAct("type1", gettext_lazy("Choose the first type and go on"), "1"),
    KeyAct("type2", gettext_lazy("Choose the second type and go on"), "2"),
    KeyAct("type3", gettext_lazy("Choose the third type and go on"), "3"),
    KeyAct("type4", gettext_lazy("Choose the fourth type and go on"), "4"),
    KeyAct("accept", gettext_lazy("Accept the suggestion, or what is chosen, and go on"), "Enter"),
    KeyAct("several", gettext_lazy("Several types: keys add instead of going on"), "m"),
    KeyAct("issue", gettext_lazy("Flag Data Issues"), "d"),
    KeyAct("note", gettext_lazy("Write a note; Esc leaves it"), "n"),
    KeyAct("skip", gettext_lazy("Skip for now"), "s"),
    KeyAct("undo", gettext_lazy("Undo, as far back as you like"), "u"),
    KeyAct("dialogue", gettext_lazy("The whole dialogue"), "w"),
    KeyAct("guidelines", gettext_lazy("Guidelines"), "g"),
    KeyAct("keys", gettext_lazy("This list"), "?"),
)
DEFAULT = {act.name: act.key for act in ACTS}


def shown(key: str) -> str:
    """A key as it is printed on a button."""
    return str(NAMED.get(key, key.upper()))


def checked_keys(given: Mapping[str, str]) -> dict[str, str]:
    """Every act's key: as given, else the one that it comes with.

    Raises:
        KeysInvalid: an act is left without a key, a key is none that a page can have, or two acts share one.
    """
    keys = {act.name: _checked(act, given.get(act.name, act.key)) for act in ACTS}
    taken: dict[str, KeyAct] = {}
    for act in ACTS:
        other = taken.setdefault(keys[act.name], act)
        if other is not act:
            raise KeysInvalid(
                _("%(key)s cannot do two things: “%(one)s” and “%(other)s”. Give one of them another key.")
                % {"key": shown(keys[act.name]), "one": other.says, "other": act.says}
            )
    return keys


def _checked(act: KeyAct, given: str) -> str:
    key = "Space" if given == " " else given.strip()
    if not key:
        raise KeysInvalid(_("“%(act)s” has no key. Press one in its field.") % {"act": act.says})
    if key not in NAMED and not (len(key) == 1 and key.isprintable()):
        raise KeysInvalid(
            _(
                "“%(key)s” cannot be used for “%(act)s”. Use a letter, a digit, a sign, Enter, Space or an "
                "arrow; Tab, Escape and the function keys belong to the browser."
            )
            % {"key": key[:20], "act": act.says}
        )
    return key if key in NAMED else key.lower()
