"""A study as CSV: the table of its report, and its labels one by one."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from annotation.models import LabellingStudy
from annotation.selectors.study_records import study_records
from annotation.studies.records import Record

INTERVALS = ("accuracy", "kappa", "agreement", "median_s", "median_active_s")
PLAIN = ("arm", "annotator", "n", "mean_s", "sd_s", "trimmed_mean_s")


def table_csv(study: LabellingStudy) -> Iterator[bytes]:
    """A line for each row of the newest report's table, intervals in three columns; without, the head."""
    report = study.reports.first()
    rows: list[dict[str, Any]] = report.figures["rows"] if report else []
    head = [*PLAIN, *(f"{name}{end}" for name in INTERVALS for end in ("", "_low", "_high"))]
    yield from _lines([head])
    yield from _lines(_row(row) for row in rows)


def _row(row: dict[str, Any]) -> list[Any]:
    found = [row[name] for name in PLAIN]
    for name in INTERVALS:
        estimate = row[name] or {}
        found += [estimate.get(part, "") for part in ("value", "low", "high")]
    return found


def labels_csv(study: LabellingStudy) -> Iterator[bytes]:
    """A line for each record, in the order in which the labels were given."""
    names = [field.name for field in fields(Record)]
    yield from _lines([names])
    yield from _lines(
        ["" if value is None else value for value in asdict(record).values()]
        for record in study_records(study)
    )


def _lines(rows: Iterable[list[Any]]) -> Iterator[bytes]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue().encode()
