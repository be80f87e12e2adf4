"""The task models in service: replaced as a whole and never changed, so that nobody waits to read them.

With a bound of memory, every task is also written to disk when it is put; the least recently used ones are
then only there, until they are asked for.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.torch import load, save

from compression import FrozenAdapter
from models_zoo.serving.shared.errors import SharedBackboneError
from models_zoo.serving.shared.task import TaskModel


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    task: TaskModel  # without its tensors while it is only on disk
    resident: bool
    path: Path | None = None
    sha256: str = ""


class TaskTable:
    """Name -> task model; any number of readers, one writer at a time.

    Args:
        max_bytes: what the tasks may take in memory together; None for no bound.
        folder: where they are written if there is a bound.
    """

    def __init__(self, max_bytes: int | None = None, folder: Path | None = None) -> None:
        if (max_bytes is None) != (folder is None):
            raise ValueError("max_bytes and folder go together: evicted tasks must lie somewhere.")
        self._max_bytes = max_bytes
        self._folder = folder
        self._entries: Mapping[str, _Entry] = {}
        self._used: dict[str, int] = {}
        self._clock = itertools.count()
        self._writing = threading.Lock()

    def names(self) -> list[str]:
        return sorted(self._entries)

    def resident(self) -> list[str]:
        """The tasks that are in memory."""
        return sorted(name for name, entry in self._entries.items() if entry.resident)

    @property
    def size_bytes(self) -> int:
        """What the tasks take in memory."""
        return sum(entry.task.size_bytes for entry in self._entries.values() if entry.resident)

    def put(self, task: TaskModel) -> TaskModel | None:
        """Add a task, or replace the one of that name; returns the replaced one if it was in memory."""
        entry = _Entry(task, True) if self._folder is None else _written(task, self._folder)
        with self._writing:
            old = self._entries.get(task.name)
            self._used[task.name] = next(self._clock)
            self._swap({**self._entries, task.name: entry})
        return _forgotten(old)

    def remove(self, name: str) -> TaskModel | None:
        """Take a task out of service; returns it if it was in memory.

        Raises:
            SharedBackboneError: ``unknown_task``.
        """
        with self._writing:
            old = self._entry(name)
            self._swap({other: entry for other, entry in self._entries.items() if other != name})
            self._used.pop(name, None)
        return _forgotten(old)

    def get(self, names: Iterable[str]) -> dict[str, TaskModel]:
        """The tasks of one batch, read back from disk where needed.

        Raises:
            SharedBackboneError: ``unknown_task``, or ``damaged_task`` when its file changed on disk.
        """
        return {name: self._get(name) for name in dict.fromkeys(names)}

    def _get(self, name: str) -> TaskModel:
        while True:
            entry = self._entry(name)
            self._used[name] = next(self._clock)
            if entry.resident:
                return entry.task
            try:
                task = _read(entry)
            except FileNotFoundError as error:
                if self._entries.get(name) is not entry:
                    continue  # replaced or removed meanwhile: look again
                raise _damaged(name, entry) from error
            with self._writing:
                if self._entries.get(name) is entry:
                    self._swap({**self._entries, name: replace(entry, task=task, resident=True)})
            return task

    def _entry(self, name: str) -> _Entry:
        entries = self._entries
        if name not in entries:
            known = ", ".join(sorted(entries)) or "none"
            raise SharedBackboneError("unknown_task", f"No task is called {name!r}; there are {known}.")
        return entries[name]

    def _swap(self, entries: dict[str, _Entry]) -> None:
        """Put a new table in place, the least recently used tasks without their tensors."""
        if self._max_bytes is not None:
            taken = sum(entry.task.size_bytes for entry in entries.values() if entry.resident)
            for name in sorted(entries, key=lambda name: self._used.get(name, -1)):
                if taken <= self._max_bytes:
                    break
                if entries[name].resident:
                    taken -= entries[name].task.size_bytes
                    entries[name] = _evicted(entries[name])
        self._entries = entries


def _written(task: TaskModel, folder: Path) -> _Entry:
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"heads": task.weights} | ({"factors": task.adapter.buffer} if task.adapter else {})
    content = save(tensors)
    path = folder / f"{uuid.uuid4().hex}.safetensors"
    path.write_bytes(content)
    return _Entry(task, True, path, hashlib.sha256(content).hexdigest())


def _read(entry: _Entry) -> TaskModel:
    assert entry.path is not None  # noqa: S101 - only what was written is evicted
    content = entry.path.read_bytes()
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise _damaged(entry.task.name, entry)
    tensors = load(content)
    adapter = entry.task.adapter
    if adapter is not None:
        adapter = FrozenAdapter(adapter.layout, tensors["factors"], adapter.dropout)
    return replace(entry.task, adapter=adapter, weights=tensors["heads"])


def _evicted(entry: _Entry) -> _Entry:
    adapter = entry.task.adapter
    if adapter is not None:
        adapter = FrozenAdapter(adapter.layout, adapter.buffer.new_empty(0), adapter.dropout)
    empty = replace(entry.task, adapter=adapter, weights=entry.task.weights.new_empty(0))
    return replace(entry, task=empty, resident=False)


def _forgotten(entry: _Entry | None) -> TaskModel | None:
    if entry is None:
        return None
    if entry.path is not None:
        entry.path.unlink(missing_ok=True)
    return entry.task if entry.resident else None


def _damaged(name: str, entry: _Entry) -> SharedBackboneError:
    return SharedBackboneError(
        "damaged_task", f"The file {entry.path} of task {name!r} is gone or was changed; put the task again."
    )
