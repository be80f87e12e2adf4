"""Sessions as a Hugging Face dataset folder: one row an event, with a data card and a schema beside it."""

import json
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, Value, disable_progress_bars

from .envelope import EventRecord
from .schema import data_card, json_schema

FEATURES = {
    "v": "int16",
    "session": "string",
    "scenario": "string",
    "seq": "int32",
    "id": "string",
    "type": "string",
    "actor": "string",
    "persona": "string",
    "turn": "int32",
    "cause": "string",
    "client": "string",
    "txn": "string",
    "ts_client": "string",
    "ts_server": "string",
    "audience": "string",
    "text": "string",
    "payload": "string",
}


@dataclass(frozen=True)
class FolderReport:
    """What was written."""

    sessions: int
    events: int


def row_of(record: EventRecord) -> dict[str, Any]:
    """The envelope as columns. Payloads differ by type, so they are JSON text; what was said has a column."""
    row = record.to_json()
    said = record.type == "message.posted"
    payload = json.dumps(row["payload"], ensure_ascii=False, allow_nan=False)
    return row | {"payload": payload, "text": record.payload.get("text") if said else None}


class NothingToExport(Exception):
    """A dataset without rows cannot be loaded again, so none is written."""


def write_dataset(records: Iterable[EventRecord], folder: Path) -> FolderReport:
    """Write the records to ``folder`` so that ``datasets.load_from_disk(folder)`` reads them.

    Raises:
        FileExistsError: the folder holds something already.
        NothingToExport: there are no records; nothing was written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Choose a new folder.")
    following = iter(records)
    first = next(following, None)
    if first is None:
        raise NothingToExport("There are no sessions to export yet.")
    sessions: set[str] = set()

    def rows() -> Iterator[dict[str, Any]]:
        for record in chain([first], following):
            sessions.add(str(record.session))
            yield row_of(record)

    events = _save(rows, folder)
    (folder / "README.md").write_text(data_card(len(sessions), events), encoding="utf-8")
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    (folder / "schema.json").write_text(schema, encoding="utf-8")
    return FolderReport(sessions=len(sessions), events=events)


def _save(rows: Callable[[], Iterator[dict[str, Any]]], folder: Path) -> int:
    features = Features({name: Value(kind) for name, kind in FEATURES.items()})
    name = uuid.uuid4().hex  # of the cache entry; rows from a database have no fingerprint of their own
    disable_progress_bars()
    with tempfile.TemporaryDirectory(prefix="acts-dataset-") as cache:
        dataset = Dataset.from_generator(rows, features=features, cache_dir=cache, fingerprint=name)
        dataset.save_to_disk(str(folder))
        return int(dataset.num_rows)
