"""Which column, or key, of a file says what."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

# What columns are usually called, the most telling name first; compared without case, spaces and underscores.
USUAL_NAMES = {
    "text": ("text", "question", "utterance", "sentence", "message", "content"),
    "key": ("key", "id", "uuid"),
    "dialogue": ("dialogue", "group", "transcript", "conversation_id", "session", "lesson"),
    "speaker": ("speaker", "persona", "role"),
    "context": ("context", "turns"),
    "gold": ("gold", "expert_label"),
    "labels": ("labels", "label", "question_type"),
    "annotator": ("annotator", "annotator_id", "coder"),
}
TEACHERS = ("t", "teacher", "tutor", "instructor")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns; an empty one is not in the file.

    With a ``speaker`` each row is an utterance and the rows of a dialogue stand together; without one each
    row is a question by itself.
    """

    text: str = ""
    key: str = ""
    dialogue: str = ""
    speaker: str = ""
    teacher: str = ""  # how the file calls the teacher; empty: the usual names
    context: str = ""
    gold: str = ""
    labels: str = ""
    annotator: str = ""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Columns":
        return cls(**{one.name: str(stored.get(one.name, "")) for one in fields(cls)})

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    def missing_in(self, header: Iterable[str]) -> str | None:
        """A column that is named here and not there."""
        there = set(header)
        named = (getattr(self, name) for name in USUAL_NAMES)
        return next((column for column in named if column and column not in there), None)

    def is_teacher(self, speaker: str) -> bool:
        name = speaker.strip().lower()
        return name == self.teacher.strip().lower() if self.teacher else name in TEACHERS


UNNAMED = Columns()  # nobody has named any: usual names are looked for


def guess(header: Iterable[str]) -> Columns:
    """The columns that have usual names."""
    there = {_plain(name): name for name in reversed(list(header)) if name}
    found: dict[str, str] = {}
    for field, names in USUAL_NAMES.items():
        found[field] = next((there[_plain(name)] for name in names if _plain(name) in there), "")
    return Columns(**found)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
