"""A Hugging Face dataset: Parquet files, one a split, and the card. Rows go through a thousand at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from .datasheet import Sheet, card
from .rows import CHUNK, ExportedRow, row_json

if TYPE_CHECKING:
    import pyarrow as pa

READ = 64 * 1024
SPLITS = {"train": False, "test": True}  # held out or not


def schema() -> pa.Schema:
    """The columns with their types, the same whatever the rows hold."""
    import pyarrow as pa  # heavy, and only wanted here

    turn = pa.struct([("persona", pa.string()), ("text", pa.string())])
    label = pa.struct(
        [
            ("annotator", pa.string()),
            ("labels", pa.list_(pa.string())),
            ("data_issue", pa.bool_()),
            ("comment", pa.string()),
            ("active_ms", pa.int64()),
            ("idle_ms", pa.int64()),
            ("outcome", pa.string()),
            ("suggestion_shown", pa.bool_()),
            ("suggested_label", pa.string()),
            ("suggested_by", pa.string()),
            ("codebook", pa.int32()),
            ("created_at", pa.string()),
        ]
    )
    suggestion = pa.struct(
        [
            ("label", pa.string()),
            ("probabilities", pa.list_(pa.float64())),
            ("model_version", pa.string()),
        ]
    )
    texts = ("dataset", "key", "group", "text")
    return pa.schema(
        [
            *((name, pa.string()) for name in texts),
            ("context", pa.list_(turn)),
            ("gold", pa.string()),
            ("holdout", pa.bool_()),
            ("source_event", pa.string()),
            ("labels", pa.list_(label)),
            ("suggestion", suggestion),
        ]
    )


def write_folder(rows: Iterable[ExportedRow], sheet: Sheet, folder: Path) -> list[str]:
    """Write ``folder/data/*.parquet`` and ``folder/README.md``; returns the splits that hold rows.

    ``datasets.load_dataset(str(folder))`` reads it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "data").mkdir(parents=True)
    writers: dict[str, Any] = {}
    following = iter(rows)
    try:
        while batch := list(islice(following, CHUNK)):
            for split, part in _by_split(batch):
                if split not in writers:
                    writers[split] = pq.ParquetWriter(folder / "data" / f"{split}.parquet", schema())
                writers[split].write_table(pa.Table.from_pylist([row_json(row) for row in part], schema()))
    finally:
        for writer in writers.values():
            writer.close()
    splits = [split for split in SPLITS if split in writers]
    (folder / "README.md").write_text(card(sheet, splits), encoding="utf-8")
    return splits


def _by_split(batch: list[ExportedRow]) -> Iterator[tuple[str, list[ExportedRow]]]:
    for split, held_out in SPLITS.items():
        part = [row for row in batch if row.holdout == held_out]
        if part:
            yield split, part


def zipped_folder(rows: Iterable[ExportedRow], sheet: Sheet) -> Iterator[bytes]:
    """The folder as a zip file. It is made on disk first, since a zip ends with what it holds."""
    with TemporaryDirectory(prefix="acts-export-") as place:
        folder = Path(place) / "dataset"
        write_folder(rows, sheet, folder)
        archive = Path(place) / "dataset.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zipped:  # Parquet is compressed already
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    zipped.write(path, path.relative_to(folder))
        with archive.open("rb") as stream:
            while piece := stream.read(READ):
                yield piece
