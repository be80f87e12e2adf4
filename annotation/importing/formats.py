"""All formats: how each is read, and which one a file has."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from .csv_rows import CsvFile
from .dialogues import ReadError, Record
from .doccano import read_doccano
from .json_array import json_array
from .json_lines import Line, json_lines
from .jsonl import read_jsonl
from .label_studio import read_label_studio
from .mapping import Columns
from .mathdial import COLUMNS as MATHDIAL
from .mathdial import read_mathdial
from .source import Source, encoding_of
from .table import read_table, read_talkmoves

Reader = Callable[[Source, Columns], Iterator[Record]]
READERS: dict[str, Reader] = {
    "csv": read_table,
    "jsonl": read_jsonl,
    "mathdial": read_mathdial,
    "talkmoves": read_talkmoves,
    "label_studio": read_label_studio,
    "doccano": read_doccano,
}
WITH_COLUMNS = ("csv", "jsonl", "label_studio")  # whose columns or keys somebody may name
TALKMOVES = {"speaker", "sentence"}


def format_of(source: Source, file_name: str) -> str:
    """The format that a file most likely has, from its name and its first record."""
    if file_name.lower().endswith((".csv", ".tsv")):
        return _csv_format(source)
    return _json_format(source)


def _csv_format(source: Source) -> str:
    try:
        header = set(CsvFile(source.lines()).header)
    except ReadError:
        return "csv"
    if set(MATHDIAL) <= header:
        return "mathdial"
    return "talkmoves" if {name.lower() for name in header} >= TALKMOVES else "csv"


def _json_format(source: Source) -> str:
    try:
        first = next((line for line in map(str.strip, source.lines()) if line), "")
    except ReadError:
        return "jsonl"
    if first.startswith("["):
        return "label_studio"
    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return "jsonl"
    if isinstance(row, dict) and "text" in row and isinstance(row.get("label"), list):
        return "doccano"
    return "jsonl"


def names_in(source: Source, file_format: str) -> list[str]:
    """The columns, or the keys of the first record, that a mapping may name. Raises ReadError."""
    if file_format in ("csv", "talkmoves", "mathdial"):
        return CsvFile(source.lines()).header
    records = json_array(source) if file_format == "label_studio" else json_lines(source.lines())
    first = next(records, None)
    if not isinstance(first, Line):
        return []
    row = first.row.get("data") if file_format == "label_studio" else first.row
    return list(row) if isinstance(row, dict) else []


def records_of(path: Path, file_format: str | None = None) -> Iterator[Record]:
    """The records of a file on disk. Raises OSError, ReadError."""
    with path.open("rb") as stream:
        encoding = encoding_of(stream.read(4))
        stream.seek(0)
        chosen = file_format or format_of(Source(stream, encoding), path.name)
        stream.seek(0)
        yield from READERS[chosen](Source(stream, encoding, path.stem), Columns())
