"""Label Studio's JSON: an array of tasks with their annotations."""

from collections.abc import Iterator
from typing import Any

from annotation.label_studio.results import AUTHOR, judgement_of
from annotation.questions import is_question_item

from .dialogues import ImportedLabel, ImportedQuestion, ReadError, Record, Turn, key_by_content, short
from .json_array import json_array
from .mapping import UNNAMED, Columns, guess
from .source import Source
from .table import TOO_SHORT, context_of


def read_label_studio(source: Source, columns: Columns = UNNAMED) -> Iterator[Record]:
    """Every task of the file; one of another shape as the error that it is. Raises ReadError: no array."""
    for line in json_array(source):
        if isinstance(line, ReadError):
            yield line
            continue
        try:
            yield _question(line.row, line.number, columns)
        except ReadError as error:
            yield error


def _question(task: dict[str, Any], number: int, columns: Columns) -> ImportedQuestion:
    data = task.get("data")
    if not isinstance(data, dict):
        raise ReadError(number, "A task needs an object 'data'; export as JSON, not as JSON-MIN.")
    named = columns if columns != UNNAMED else guess(data)
    text = data.get(named.text)
    if not isinstance(text, str) or not text.strip():
        raise ReadError(
            number, f"No text in 'data'. Its keys are {', '.join(sorted(data))}; say which holds it."
        )
    text = text.strip()
    if not is_question_item(text):
        raise ReadError(number, TOO_SHORT)
    context = _context(data, named, number)
    key = str(data.get(named.key) or "").strip()
    if not key and task.get("id") is not None:
        key = f"label-studio:{task.get('project', '')}:{task['id']}"
    return ImportedQuestion(
        key=short(key) if key else key_by_content(text, context),
        group=short(str(data.get(named.dialogue) or "").strip()),
        text=text,
        context=context,
        gold=str(data.get(named.gold) or ""),
        labels=tuple(_labels(task, number)),
        line=number,
    )


def _context(data: dict[str, Any], named: Columns, number: int) -> tuple[Turn, ...]:
    turns = data.get("turns", data.get(named.context) if named.context else None)
    return context_of(turns or [], number)


def _labels(task: dict[str, Any], number: int) -> Iterator[ImportedLabel]:
    annotations = task.get("annotations") or []
    if not isinstance(annotations, list):
        raise ReadError(number, "'annotations' must be a list; export as JSON, not as JSON-MIN.")
    for annotation in annotations:
        if not isinstance(annotation, dict) or annotation.get("was_cancelled"):
            continue
        judged = judgement_of(annotation.get("result"))
        if not judged.labels and not judged.data_issue:
            continue
        lead_time = annotation.get("lead_time")
        yield ImportedLabel(
            annotator=_author(annotation.get(AUTHOR) or annotation.get("completed_by")),
            labels=judged.labels,
            data_issue=judged.data_issue,
            comment=judged.comment,
            active_ms=round(lead_time * 1000) if isinstance(lead_time, int | float) else 0,
        )


def _author(completed_by: Any) -> str:
    if isinstance(completed_by, dict):
        completed_by = completed_by.get("email") or completed_by.get("id")
    return str(completed_by) if completed_by else "label-studio"
