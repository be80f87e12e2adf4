"""doccano's JSON Lines of text classification: ``{"id", "text", "label": [...], "Comments": []}``."""

from collections.abc import Iterator
from typing import Any

from annotation.questions import is_question_item

from .dialogues import ImportedLabel, ImportedQuestion, ReadError, Record, key_by_content, short
from .json_lines import json_lines
from .mapping import UNNAMED, Columns
from .source import Source
from .table import TOO_SHORT

ANNOTATOR = "doccano"  # its export names nobody


def read_doccano(source: Source, columns: Columns = UNNAMED) -> Iterator[Record]:
    """Every text of the file; a line of another shape as the error that it is."""
    for line in json_lines(source.lines()):
        if isinstance(line, ReadError):
            yield line
            continue
        try:
            yield _question(line.row, line.number)
        except ReadError as error:
            yield error


def _question(row: dict[str, Any], number: int) -> ImportedQuestion:
    text = row.get("text", row.get("data"))
    if not isinstance(text, str) or not text.strip():
        raise ReadError(number, "'text' must be a text that is not empty.")
    if not is_question_item(text):
        raise ReadError(number, TOO_SHORT)
    names = row.get("label", row.get("labels", []))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ReadError(
            number, "'label' must be a list of names. Export a text classification project from doccano."
        )
    comments = row.get("Comments", row.get("comments", []))
    comment = "\n".join(str(one) for one in comments) if isinstance(comments, list) else ""
    text = text.strip()
    return ImportedQuestion(
        key=short(f"doccano:{row['id']}") if row.get("id") is not None else key_by_content(text),
        group="",
        text=text,
        context=(),
        labels=(ImportedLabel(ANNOTATOR, tuple(names), comment=comment),) if names else (),
        line=number,
    )
