"""The model store: versions as folders, written aside and renamed, checked whenever they are loaded.

    root/versions/<version>/model.json, *.safetensors, ...
    root/activations.jsonl     append-only; its last line is the pointer to the current version

One file is both pointer and history, so the two cannot disagree after a crash. No torch here.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from models_zoo.manifest import Manifest
from models_zoo.version_folder import (
    MANIFEST,
    ModelStoreError,
    check_files,
    copy_files,
    flush,
    flush_directory,
    read_manifest,
    seal,
)

__all__ = ["DEMO", "ModelStore", "ModelStoreError"]

DEMO = Path(__file__).parent / "demo"


class ModelStore:
    """Versions of trained models under ``root``; safe for several processes on one file system."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def path(self, version: str) -> Path:
        """The folder of ``version``; unchecked, see ``verify``."""
        return self.root / "versions" / version

    # Publishing

    def publish(self, write: Callable[[Path], None], manifest: Manifest) -> str:
        """Store what ``write`` puts into the folder it is given; returns the version's name.

        The folder appears under its final name only when every byte of it is on disk. Publishing the same
        content again gives the same version. Nothing is activated.
        """
        staging = self.root / ".staging" / uuid.uuid4().hex
        staging.mkdir(parents=True)
        try:
            write(staging)
            finished = seal(staging, manifest)
            flush(staging)
            self._move_in(staging, finished.version)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        return finished.version

    def _move_in(self, staging: Path, version: str) -> None:
        target = self.path(version)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            staging.rename(target)
        except OSError:
            if not target.is_dir():
                raise
            self.verify(version)  # published before: the name is a digest of the content
        flush_directory(target.parent)

    def ensure_demo(self) -> str:
        """Install and activate the shipped model where the store is empty; returns the current version.

        Raises:
            ModelStoreError: ``demo_missing`` when the package was installed without its model.
        """
        if not self.versions():
            if not (DEMO / MANIFEST).is_file():
                raise ModelStoreError(
                    "demo_missing",
                    f"There is no shipped model in {DEMO}; make it with `python -m models_zoo train --demo`.",
                )
            manifest = read_manifest(DEMO)
            check_files(DEMO, manifest)
            self.publish(lambda folder: copy_files(DEMO, folder, manifest), manifest)
        current = self.current()
        return current if current is not None else self.activate(self.versions()[0].version)

    # Reading

    def versions(self) -> list[Manifest]:
        """The manifests of all readable versions, newest first; damaged ones are left to ``verify``."""
        found = []
        for name in self._names():
            try:
                found.append(self.manifest(name))
            except ModelStoreError:
                continue
        return sorted(found, key=lambda manifest: (manifest.created, manifest.version), reverse=True)

    def _names(self) -> list[str]:
        folder = self.root / "versions"
        return [entry.name for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []

    def manifest(self, version: str) -> Manifest:
        """The manifest of ``version``.

        Raises:
            ModelStoreError: ``unknown_version``, ``half_written`` or ``tampered_manifest``.
        """
        if version not in self._names():
            raise ModelStoreError(
                "unknown_version",
                f"There is no model version {version!r} in {self.root}; list them with "
                "`python -m models_zoo versions`.",
            )
        return read_manifest(self.path(version))

    def verify(self, version: str) -> Manifest:
        """Check every file of ``version`` against its checksum; returns the manifest.

        Raises:
            ModelStoreError: as ``manifest``, or ``missing_file``, ``truncated_file``, ``tampered_file``,
                ``unlisted_file``.
        """
        manifest = self.manifest(version)
        check_files(self.path(version), manifest)
        return manifest

    # The pointer

    def current(self) -> str | None:
        """The active version, or None; reads one small file."""
        history = self._history()
        return history[-1] if history else None

    def activate(self, version: str) -> str:
        """Make ``version`` the current one, after checking it; returns it. Repeating changes nothing."""
        with self._locked():
            self.verify(version)
            if self.current() != version:
                self._record("activate", version)
        return version

    def roll_back(self) -> str:
        """Return to the version that was current before the current one; again goes further back.

        Raises:
            ModelStoreError: ``nothing_to_roll_back`` when there is no earlier one.
        """
        with self._locked():
            history = self._history()
            if len(history) < 2:
                raise ModelStoreError(
                    "nothing_to_roll_back",
                    "No earlier model version was active; activate one by its name instead.",
                )
            self.verify(history[-2])
            self._record("roll_back", history[-2])
            return history[-2]

    def _history(self) -> list[str]:
        """The active versions one could roll back through, oldest first; the last one is current."""
        try:
            lines = self._activations.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        stack: list[str] = []
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:  # torn by a crash while it was appended: it never took effect
                continue
            if entry["action"] == "roll_back":
                stack.pop()
            else:
                stack.append(entry["version"])
        return stack

    def _record(self, action: str, version: str) -> None:
        line = json.dumps({"action": action, "version": version, "at": datetime.now(UTC).isoformat()})
        with self._activations.open("ab+") as file:
            file.seek(0, os.SEEK_END)
            torn = file.tell() > 0 and not _ends_with_newline(file.fileno(), file.tell())
            file.write(("\n" if torn else "").encode() + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    @property
    def _activations(self) -> Path:
        return self.root / "activations.jsonl"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # let go when the file closes, also when the process dies
            yield


def _ends_with_newline(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"
