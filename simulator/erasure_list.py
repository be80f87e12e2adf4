"""The list of what was erased, in a file beside the database.

A backup from before an erasure still has the words. The file is not part of what a restore puts back, so what
it names is erased again. It holds numbers and dates, nothing that was said.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from simulator.models import Erasure, Reason, Session

NAME = "erasures.jsonl"


@dataclass(frozen=True)
class ErasedEntry:
    """A rehearsal by its public id, or a person by number."""

    kind: str
    id: str
    at: str

    def line(self) -> str:
        return json.dumps({"kind": self.kind, "id": self.id, "at": self.at}) + "\n"


def erasure_list_path() -> Path:
    return Path(settings.DATA_DIR) / NAME


def erasure_list_read(path: Path) -> list[ErasedEntry]:
    """The entries of a list. A line that a crash cut off is left out: its entry is added anew."""
    found = []
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                found.append(ErasedEntry(**json.loads(line)))
            except (ValueError, TypeError):
                continue
    return found


def erasure_list_extend(entries: list[ErasedEntry] | None = None) -> int:
    """Add what the database has erased (or ``entries``) and the list lacks; returns how much that was.

    Raises:
        OSError: the disk is full, or the folder is read-only.
    """
    path = erasure_list_path()
    known = {(entry.kind, entry.id) for entry in erasure_list_read(path)}
    wanted = list(_in_database()) if entries is None else entries
    new = [entry for entry in wanted if (entry.kind, entry.id) not in known]
    if not new:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0, os.SEEK_END)
        if file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
            file.write(b"\n")  # after a line that was cut off
        file.write("".join(entry.line() for entry in new).encode())
        file.flush()
        os.fsync(file.fileno())
    return len(new)


def _in_database() -> Iterator[ErasedEntry]:
    for public_id, at in Session.objects.exclude(erased_at=None).values_list("public_id", "erased_at"):
        if at is not None:
            yield ErasedEntry("session", str(public_id), at.isoformat())
    people = Erasure.objects.filter(reason=Reason.REQUEST).exclude(person=None)
    for person, at in people.values_list("person_id", "at"):
        yield ErasedEntry("person", str(person), at.isoformat())
