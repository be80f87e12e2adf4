"""The folder of one version: sealed with checksums when written, checked against them when read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from pydantic import ValidationError

from models_zoo.manifest import Manifest, StoredFile

MANIFEST = "model.json"


class ModelStoreError(Exception):
    """A version that cannot be trusted or found. ``code`` is stable; the message names the mend."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _listing(folder: Path) -> dict[str, Path]:
    """Relative POSIX name -> path of every file but the manifest."""
    files = {
        path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
    }
    files.pop(MANIFEST, None)
    return files


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(folder: Path, manifest: Manifest) -> Manifest:
    """Write ``model.json`` with the checksums of all other files; returns the finished manifest."""
    files = {
        name: StoredFile(sha256=_sha256(path), size_bytes=path.stat().st_size)
        for name, path in _listing(folder).items()
    }
    finished = manifest.model_copy(update={"files": files})
    finished = finished.model_copy(update={"version": finished.derived_version()})
    text = json.dumps(finished.model_dump(mode="json"), indent=2, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return finished


def flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            flush_directory(path)
    flush_directory(folder)


def flush_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_files(source: Path, target: Path, manifest: Manifest) -> None:
    for name in manifest.files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)


def read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise ModelStoreError(
            "half_written", f"{path} is missing or unreadable; remove the folder {folder} and train again."
        ) from error
    if manifest.version != manifest.derived_version():
        raise ModelStoreError(
            "tampered_manifest",
            f"{path} was changed after it was published; restore it from a backup or roll back.",
        )
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    present = _listing(folder)
    mend = "restore it from a backup or roll back to another version."
    for name, expected in manifest.files.items():
        if name not in present:
            raise ModelStoreError("missing_file", f"{folder / name} is missing; {mend}")
        size_bytes = present[name].stat().st_size
        if size_bytes != expected.size_bytes:
            raise ModelStoreError(
                "truncated_file",
                f"{folder / name} has {size_bytes} bytes instead of {expected.size_bytes}; {mend}",
            )
        if _sha256(present[name]) != expected.sha256:
            raise ModelStoreError("tampered_file", f"{folder / name} fails its checksum; {mend}")
    for name in present.keys() - manifest.files.keys():
        raise ModelStoreError("unlisted_file", f"{folder / name} is not part of this version; remove it.")
