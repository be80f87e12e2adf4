"""The formats that leave the house."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .datasheet import Sheet
from .folder import zipped_folder
from .rows import ExportedRow
from .writers import csv_rows, jsonl, label_studio


@dataclass(frozen=True)
class Format:
    name: str
    title: str | Promise
    hint: str | Promise
    ending: str
    content_type: str
    write: Callable[[Iterable[ExportedRow], Sheet], Iterator[bytes]]


FORMATS = {
    each.name: each
    for each in (
        Format(
            "jsonl", _("JSON Lines"), _("A question a line, with everything that is known about it."),
            "jsonl", "application/x-ndjson; charset=utf-8", lambda rows, _sheet: jsonl(rows),
        ),
        Format(
            "csv", _("CSV"), _("A label a row, for spreadsheets and statistics."),
            "csv", "text/csv; charset=utf-8", lambda rows, _sheet: csv_rows(rows),
        ),
        Format(
            "datasets", _("Hugging Face dataset"), _("Parquet files with a datasheet, as a zip file."),
            "zip", "application/zip", zipped_folder,
        ),
        Format(
            "label_studio", _("Label Studio JSON"), _("Tasks with annotations and predictions."),
            "json", "application/json", lambda rows, _sheet: label_studio(rows),
        ),
    )
}  # fmt: skip
