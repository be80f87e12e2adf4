"""Sessions as a Hugging Face dataset folder: one row an event, with a data card and a schema beside it."""

import json
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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


def write_dataset(records: Iterable[EventRecord], folder: Path) -> FolderReport:
    """Write the records to ``folder`` so that ``datasets.load_from_disk(folder)`` reads them.

    Raises:
        FileExistsError: the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Choose a new folder.")
    folder.mkdir(parents=True, exist_ok=True)
    sessions: set[str] = set()

    def rows() -> Iterator[dict[str, Any]]:
        for record in records:
            sessions.add(str(record.session))
            yield row_of(record)

    features = Features({name: Value(kind) for name, kind in FEATURES.items()})
    disable_progress_bars()
    with tempfile.TemporaryDirectory(prefix="acts-dataset-") as cache:
        name = uuid.uuid4().hex  # of the cache entry; rows from a database have no fingerprint of their own
        try:
            dataset = Dataset.from_generator(rows, features=features, cache_dir=cache, fingerprint=name)
        except ValueError:
            if sessions:
                raise
            dataset = Dataset.from_dict({column: [] for column in FEATURES}, features=features)
        dataset.save_to_disk(str(folder))
        report = FolderReport(sessions=len(sessions), events=dataset.num_rows)
    (folder / "README.md").write_text(data_card(report.sessions, report.events), encoding="utf-8")
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    (folder / "schema.json").write_text(schema, encoding="utf-8")
    return report
