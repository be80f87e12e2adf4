"""Imported files as researchers see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from annotation.access import Viewer, require_researcher
from annotation.errors import NotFound
from annotation.importing.dialogues import ImportedQuestion, ReadError
from annotation.importing.formats import READERS, names_in
from annotation.importing.mapping import Columns
from annotation.importing.source import Source
from annotation.models import FileImport

from . import visible

PREVIEWED = 8


def imports_for(viewer: Viewer) -> list[FileImport]:
    """The latest files."""
    require_researcher(viewer)
    return list(visible.imports_for(viewer).select_related("run", "dataset", "study")[:20])


def import_for(viewer: Viewer, import_id: int) -> FileImport:
    """Raises NotFound."""
    require_researcher(viewer)
    files = visible.imports_for(viewer).select_related("run", "dataset", "study")
    one = files.filter(pk=import_id).first()
    if one is None:
        raise NotFound
    return one


@dataclass(frozen=True, slots=True)
class Preview:
    """The first records, the faults among them, and what there is to name in a mapping."""

    questions: list[ImportedQuestion]
    faults: list[ReadError]
    names: list[str]


def preview_of(one: FileImport) -> Preview:
    """Read the beginning of a file the way that it is set to be read."""
    if not one.path or not Path(one.path).exists():
        return Preview([], [], [])
    questions: list[ImportedQuestion] = []
    faults: list[ReadError] = []
    with Path(one.path).open("rb") as stream:
        source = Source(stream, one.encoding, Path(one.name).stem)
        try:
            records = READERS[one.format](source, Columns.from_json(one.columns))
            for record in islice(records, PREVIEWED):
                if isinstance(record, ReadError):
                    faults.append(record)
                else:
                    questions.append(record)
        except ReadError as error:
            faults.append(error)
    return Preview(questions, faults, names_of(one))


def names_of(one: FileImport, file_format: str = "", encoding: str = "") -> list[str]:
    """The columns or keys of a file; none where it cannot be read so."""
    if not one.path or not Path(one.path).exists():
        return []
    with Path(one.path).open("rb") as stream:
        try:
            return names_in(Source(stream, encoding or one.encoding), file_format or one.format)
        except ReadError:
            return []


def fault_rows(one: FileImport) -> Iterator[tuple[int, str]]:
    """Line and reason of every record that was refused, as far as they were kept."""
    yield from one.faults.values_list("line", "reason").iterator(chunk_size=500)
