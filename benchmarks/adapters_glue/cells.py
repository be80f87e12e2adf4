"""Finished cells, one JSON line each, so that a run goes on where the last one stopped.

The key is a digest of everything that fixes the result: method, settings, seed, the rows of the task, the
encoder's weights. Lines are only ever appended; a line torn by a crash is skipped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.adapters_glue.methods import Method
from benchmarks.adapters_glue.settings import Settings
from benchmarks.adapters_glue.training import Outcome

RECIPE = 3  # raise it when training itself changes, so that older cells no longer count


@dataclass(frozen=True, slots=True)
class Cell:
    """One training: a method on a task with a seed."""

    task: str
    task_digest: str
    backbone: str
    method: Method
    settings: Settings
    seed: int

    @property
    def key(self) -> str:
        content = json.dumps({**asdict(self), "recipe": RECIPE}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:20]


class CellStore:
    """The cells of a file; several runs may append to it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found = dict(_read(path))

    def get(self, cell: Cell) -> Outcome | None:
        return self._found.get(cell.key)

    def add(self, cell: Cell, outcome: Outcome) -> None:
        self._found[cell.key] = outcome
        line = {
            "key": cell.key,
            "task": cell.task,
            "method": asdict(cell.method),
            "settings": asdict(cell.settings),
            "seed": cell.seed,
            "outcome": asdict(outcome),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _read(path: Path) -> Iterator[tuple[str, Outcome]]:
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry: dict[str, Any] = json.loads(line)
            yield entry["key"], Outcome(**entry["outcome"])
        except (ValueError, KeyError, TypeError):
            continue
