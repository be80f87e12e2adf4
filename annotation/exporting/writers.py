"""JSON Lines, CSV and Label Studio's JSON, piece by piece."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from annotation.label_studio.results import AUTHOR, Judgement, result_of
from annotation.label_studio.tasks import data_of

from .rows import ExportedLabel, ExportedRow, label_json, row_json

COLUMNS = (
    "dataset", "key", "group", "text", "context", "gold", "holdout", "annotator", "labels", "data_issue",
    "comment", "active_ms", "idle_ms", "outcome", "suggestion_shown", "suggested_label", "suggested_by",
    "codebook", "created_at",
)  # fmt: skip
OF_A_LABEL = COLUMNS[7:]
# A spreadsheet takes a cell that begins like this for a formula; see docs/data.md.


def jsonl(rows: Iterable[ExportedRow]) -> Iterator[bytes]:
    """A question a line. Lines are ASCII with escapes: no reader mistakes a character for a line break."""
    for row in rows:
        yield (json.dumps(row_json(row)) + "\n").encode()


def csv_rows(rows: Iterable[ExportedRow]) -> Iterator[bytes]:
    """A label a row; a question that nobody labelled has one row without."""
    yield _csv_line(COLUMNS)
    for row in rows:
        context = json.dumps(row.context, ensure_ascii=False)
        question = [row.dataset, row.key, row.group, row.text, context, row.gold, row.holdout]
        said_or_none: Sequence[ExportedLabel | None] = row.labels or [None]
        for said in said_or_none:
            yield _csv_line([*question, *_cells(said)])


def _cells(said: ExportedLabel | None) -> list[Any]:
    if said is None:
        return [""] * len(OF_A_LABEL)
    values = label_json(said) | {"labels": "|".join(said.labels)}
    return [values[name] for name in OF_A_LABEL]


def _csv_line(cells: Iterable[Any]) -> bytes:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def label_studio(rows: Iterable[ExportedRow]) -> Iterator[bytes]:
    """An array of tasks, which Label Studio imports as it is."""
    before = b"[\n"
    for row in rows:
        yield before + json.dumps(task_of(row)).encode()
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def task_of(row: ExportedRow) -> dict[str, Any]:
    """A question as a task with annotations and the newest prediction."""
    task: dict[str, Any] = {
        "data": data_of(key=row.key, group=row.group, text=row.text, turns=row.context) | {"gold": row.gold},
        "annotations": [_annotation(said) for said in row.labels],
        "predictions": [],
    }
    if row.suggestion:
        task["predictions"].append(
            {
                "model_version": row.suggestion["model_version"],
                "score": max(row.suggestion["probabilities"]),
                "result": result_of(Judgement((row.suggestion["label"],))),
            }
        )
    return task


def _annotation(said: ExportedLabel) -> dict[str, Any]:
    return {
        AUTHOR: said.annotator,  # a "completed_by" that the server does not know makes it refuse the file
        "result": result_of(Judgement(tuple(said.labels), said.data_issue, said.comment)),
        "lead_time": (said.active_ms + said.idle_ms) / 1000,
        "was_cancelled": False,
    }
