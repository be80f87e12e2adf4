"""A backup is one tar file: backup.json with the checksum of every other member, database, models, key.

The database is copied first. Every model version that it names was published before, and versions are never
changed, so the store that is copied after it holds them all.
"""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from models_zoo.store import ModelStore
from simulator.erasure_list import erasure_list_path

from .databases import Database, database
from .errors import BackupError

CONTENTS = "backup.json"
FORMAT = 1
CHUNK = 1 << 20


@dataclass(frozen=True)
class Contents:
    """What is in a backup; ``files`` maps each member to its SHA-256."""

    created: str
    database: str
    migrations: list[str]
    models: list[str]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def backup_write(*, target: Path, store: Path, key: Path) -> Contents:
    """Write a backup to ``target`` and read it back; the file appears under its name only when it is whole.

    Raises:
        BackupError: the database could not be copied, a model is damaged, or the disk is full.
    """
    kind = database()
    beside = target.with_name(f".{target.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as name:
            folder = Path(name)
            kind.dump(folder / kind.file_name)
            kind.check(folder / kind.file_name)
            members = {kind.file_name: folder / kind.file_name} | dict(_store_files(store))
            members |= {file.name: file for file in (key, erasure_list_path()) if file.is_file()}
            contents = _contents(kind, store, members)
            _write(beside, members, contents)
        backup_verify(beside)
        os.replace(beside, target)
    except OSError as error:
        raise BackupError(
            f"{target} could not be written: {error.strerror}. Make room or choose another place."
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    return contents


def _store_files(store: Path) -> Iterator[tuple[str, Path]]:
    """The pointer before the versions: whatever it names is then among them."""
    pointer = store / "activations.jsonl"
    if pointer.is_file():
        yield "models/activations.jsonl", pointer
    for manifest in ModelStore(store).versions():
        folder = ModelStore(store).path(manifest.version)
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                yield f"models/{file.relative_to(store)}", file


def _contents(kind: Database, store: Path, members: dict[str, Path]) -> Contents:
    applied = MigrationRecorder(connection).applied_migrations()
    return Contents(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        database=kind.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        models=[manifest.version for manifest in ModelStore(store).versions()],
        files={name: _sha256(path) for name, path in members.items()},
    )


def _write(target: Path, members: dict[str, Path], contents: Contents) -> None:
    with target.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)  # people's words and the key are in it
        with tarfile.open(fileobj=file, mode="w") as archive:
            with tempfile.NamedTemporaryFile("w", suffix=".json") as listed:
                json.dump(asdict(contents), listed, indent=1)
                listed.flush()
                archive.add(listed.name, CONTENTS)
            for name, path in members.items():
                archive.add(path, name)
        file.flush()
        os.fsync(file.fileno())


def backup_verify(source: Path) -> Contents:
    """Check every member against its checksum; what the backup holds.

    Raises:
        BackupError: it is no backup, or a member is missing, added or changed.
    """
    with unpacked(source) as (_, contents):
        return contents


@contextmanager
def unpacked(source: Path) -> Iterator[tuple[Path, Contents]]:
    """A backup in a throw-away folder beside it, checked."""
    try:
        with tempfile.TemporaryDirectory(dir=source.parent) as name:
            folder = Path(name)
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")  # nothing outside the folder, no devices
            yield folder, _checked(folder, source)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{source} is not a backup, or it is cut off: {error}. Use another one.") from error
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {source}.") from error


def _checked(folder: Path, source: Path) -> Contents:
    try:
        contents = Contents(**json.loads((folder / CONTENTS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(
            f"{source} has no readable {CONTENTS}; it is not a backup of this product."
        ) from error
    if contents.format != FORMAT:
        raise BackupError(
            f"{source} has format {contents.format}, this version reads {FORMAT}; restore it with the "
            "version that wrote it."
        )
    found = {
        str(path.relative_to(folder)): _sha256(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name != CONTENTS
    }
    wrong = sorted(
        name for name in found.keys() | contents.files.keys() if found.get(name) != contents.files.get(name)
    )
    if wrong:
        raise BackupError(f"{source} is damaged at {', '.join(wrong[:3])}; use another backup.")
    return contents


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
