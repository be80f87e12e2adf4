"""Putting a backup in the place of what is there."""

import os
import shutil
from pathlib import Path

from django.db import DatabaseError

from models_zoo.store import ModelStore, ModelStoreError
from simulator.erasure_list import erasure_list_extend, erasure_list_path, erasure_list_read
from simulator.selectors.engine import engines_alive

from .archive import Contents, unpacked
from .databases import Database, database
from .errors import BackupError


def backup_restore(*, source: Path, store: Path, key: Path, replace: bool = False) -> Contents:
    """Restore database, model store and key; everything is checked before anything is touched.

    Raises:
        BackupError: the backup is damaged or of another kind of database; there is data here and ``replace``
            was not asked for; or an engine is at work on it.
    """
    kind = database()
    with unpacked(source) as (folder, contents):
        if contents.database != kind.vendor:
            raise BackupError(
                f"{source} is of {contents.database}, but {kind.vendor} is configured; set DATABASE_URL "
                "accordingly."
            )
        _refuse_overwriting(kind, store, replace=replace)
        kind.check(folder / kind.file_name)
        _verify_models(folder / "models", contents)
        kind.load(folder / kind.file_name)
        _swap_store(folder / "models", store)
        erasure_list_extend(erasure_list_read(folder / erasure_list_path().name))
        if (folder / key.name).is_file():
            shutil.copyfile(folder / key.name, key)
            key.chmod(0o600)
    return contents


def _refuse_overwriting(kind: Database, store: Path, *, replace: bool) -> None:
    if not kind.is_empty():
        if not replace:
            raise BackupError(
                "There is a database here already; add --replace to put the backup in its place."
            )
        try:
            busy = engines_alive().exists()
        except DatabaseError:  # an older or a broken database
            busy = False
        if busy:
            raise BackupError("The product is running on this database; stop it first.")
    elif (store / "versions").exists() and not replace:
        raise BackupError("There are models here already; add --replace to put the backup in their place.")


def _verify_models(models: Path, contents: Contents) -> None:
    restored = ModelStore(models)
    for version in contents.models:
        try:
            restored.verify(version)
        except ModelStoreError as error:
            raise BackupError(f"A model in the backup is damaged: {error}") from error


def _swap_store(models: Path, store: Path) -> None:
    """Copy beside, rename the old store away, rename the new one in, and only then delete the old one."""
    beside, old = (store.with_name(f".{store.name}.{word}") for word in ("restoring", "replaced"))
    for leftover in (beside, old):
        shutil.rmtree(leftover, ignore_errors=True)
    store.parent.mkdir(parents=True, exist_ok=True)
    if models.is_dir():
        shutil.copytree(models, beside)
    else:
        beside.mkdir()
    if store.exists():
        os.replace(store, old)
    os.replace(beside, store)
    shutil.rmtree(old, ignore_errors=True)
