"""A consistent copy of the database while others write to it, by the database's own means."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from django.db import connection

from .errors import BackupError


class Database(Protocol):
    """How one kind of database is copied out and in."""

    vendor: str
    file_name: str

    def dump(self, target: Path) -> None:
        """Write one consistent moment of the database to ``target``."""

    def check(self, source: Path) -> None:
        """Refuse a copy that cannot be read whole."""

    def is_empty(self) -> bool:
        """Whether nothing would be overwritten."""

    def load(self, source: Path) -> None:
        """Put a copy in the place of what is there: all of it or nothing."""


class Sqlite:
    vendor = "sqlite"
    file_name = "database.sqlite3"

    def __init__(self, path: Path) -> None:
        self._path = path

    def dump(self, target: Path) -> None:
        """SQLite's online backup: readers and writers go on."""
        with (
            closing(sqlite3.connect(self._path, timeout=20)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it

    def check(self, source: Path) -> None:
        try:
            with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
                (answer,) = copy.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupError(
                f"The database in the backup cannot be read: {error}. Use another backup."
            ) from error
        if answer != "ok":
            raise BackupError(f"The database in the backup is damaged: {answer}. Use another backup.")

    def is_empty(self) -> bool:
        if not self._path.exists():
            return True
        with closing(sqlite3.connect(self._path, timeout=20)) as here:
            (tables,) = here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return int(tables) == 0

    def load(self, source: Path) -> None:
        """Beside the old file first, then renamed over it; the old write-ahead log must not be replayed."""
        connection.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_name(f".{self._path.name}.restoring")
        shutil.copyfile(source, beside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        os.replace(beside, self._path)


class PostgreSQL:
    vendor = "postgresql"
    file_name = "database.pgdump"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings

    def dump(self, target: Path) -> None:
        """``pg_dump`` reads one snapshot."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--file", str(target))

    def check(self, source: Path) -> None:
        self._run("pg_restore", "--list", str(source), connected=False)

    def is_empty(self) -> bool:
        return not connection.introspection.table_names()

    def load(self, source: Path) -> None:
        """In one transaction: when it fails, the database is as it was."""
        name = str(self._settings["NAME"])
        connection.close()
        self._run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
            "--dbname", name, str(source), named=False,
        )  # fmt: skip

    def _run(self, program: str, *arguments: str, connected: bool = True, named: bool = True) -> None:
        found = shutil.which(program)
        if found is None:
            raise BackupError(f"{program} is not installed; install PostgreSQL's client programs.")
        command: Sequence[str] = [found, *arguments]
        if connected and named:
            command = [*command, "--dbname", str(self._settings["NAME"])]
        done = subprocess.run(  # noqa: S603 (our own arguments)
            command, env=os.environ | self._environment(), capture_output=True, text=True
        )
        if done.returncode != 0:
            raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")

    def _environment(self) -> dict[str, str]:
        """The connection as libpq reads it; the password is in no list of processes."""
        names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
        return {key: str(self._settings[name]) for key, name in names.items() if self._settings.get(name)}


def database() -> Database:
    """The configured database."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return Sqlite(Path(settings["NAME"]))
    if connection.vendor == "postgresql":
        return PostgreSQL(settings)
    raise BackupError(f"Backups of {connection.vendor} are not supported; use SQLite or PostgreSQL.")
