"""The product's own JSON Lines, in any of three shapes.

An export of rehearsals has an event a line; its ``message.posted`` events carry the dialogue. A dialogue file
has a dialogue a line, an export of items an item a line:

    {"dialogue": "a name", "turns": [{"persona": "teacher", "text": "...", "gold": "Other"}]}
    {"key": "a name", "text": "...", "context": [{"persona", "text"}], "labels": [{"annotator", "labels"}]}

The keys of an item may be called otherwise, as the mapping says.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from annotation.questions import is_question_item
from models_zoo.labels import QUESTION_TYPES

from .dialogues import (
    ImportedLabel,
    ImportedQuestion,
    ReadError,
    Record,
    Turn,
    key_by_content,
    questions_in,
    short,
)
from .json_lines import json_lines
from .mapping import UNNAMED, Columns, guess
from .source import Source
from .table import TOO_SHORT, context_of


def read_jsonl(source: Source, columns: Columns = UNNAMED) -> Iterator[Record]:
    """Every teacher utterance of the file; a line of no known shape as the error that it is."""
    rehearsals = _Rehearsals()
    for line in json_lines(source.lines()):
        if isinstance(line, ReadError):
            yield line
            continue
        try:
            yield from _records(line.row, line.number, columns, rehearsals)
        except ReadError as error:
            yield error
    yield from rehearsals.end()


def _records(
    row: dict[str, Any], number: int, columns: Columns, rehearsals: "_Rehearsals"
) -> Iterator[Record]:
    if "turns" in row and "dialogue" in row:
        yield from questions_in(_text(row, "dialogue", number), _turns(row, number), number)
    elif "type" in row and "session" in row:
        yield from rehearsals.take(row, number)
    else:
        yield _item(row, number, columns if columns != UNNAMED else guess(row))


class _Rehearsals:
    """Events of one session after another; a session is given out when the next begins."""

    def __init__(self) -> None:
        self.session, self.line = "", 0
        self.events: list[tuple[int, Turn]] = []
        self.finished: set[str] = set()

    def take(self, row: dict[str, Any], number: int) -> Iterator[Record]:
        session = str(row["session"])
        if session in self.finished:
            raise ReadError(number, f"session {session!r} goes on here after another one; sort the lines.")
        if session != self.session:
            yield from self.end()
            self.session, self.line = session, number
        if row["type"] == "message.posted":
            self.events.append(_event(row, number))

    def end(self) -> Iterator[Record]:
        in_order = [turn for _, turn in sorted(self.events, key=lambda pair: pair[0])]
        self.events = []
        if self.session:
            self.finished.add(self.session)
        yield from questions_in(self.session, in_order, self.line)


def _text(row: dict[str, Any], name: str, number: int) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ReadError(number, f"{name!r} must be a text that is not empty.")
    return value.strip()


def _turns(row: dict[str, Any], number: int) -> list[Turn]:
    if not isinstance(row["turns"], list):
        raise ReadError(number, "'turns' must be a list.")
    turns = []
    for turn in row["turns"]:
        if not isinstance(turn, dict):
            raise ReadError(number, "each turn must be an object with persona and text.")
        persona, gold = _text(turn, "persona", number), turn.get("gold", "")
        if persona not in ("teacher", "student"):
            raise ReadError(number, f"{persona!r} is no persona; it is 'teacher' or 'student'.")
        if gold and gold not in QUESTION_TYPES:
            raise ReadError(number, f"{gold!r} is no question type; they are {', '.join(QUESTION_TYPES)}.")
        turns.append(Turn(persona, _text(turn, "text", number), gold))
    return turns


def _event(row: dict[str, Any], number: int) -> tuple[int, Turn]:
    payload, seq = row.get("payload"), row.get("seq")
    if not isinstance(payload, dict) or not isinstance(seq, int):
        raise ReadError(number, "an event needs a whole number 'seq' and an object 'payload'.")
    persona = "teacher" if row.get("persona") == "teacher" else "student"
    return seq, Turn(persona, _text(payload, "text", number), event=_uuid(row.get("id"), number))


def _uuid(value: Any, number: int) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise ReadError(number, f"{value!r} is no event id.") from error


def _item(row: dict[str, Any], number: int, columns: Columns) -> ImportedQuestion:
    if not columns.text or columns.text not in row:
        raise ReadError(
            number,
            "this is neither an event (session, type, ...) nor a dialogue (dialogue, turns) nor an item "
            f"(text). Its keys are {', '.join(sorted(row)) or 'none'}; say which of them holds the text.",
        )
    text = _text(row, columns.text, number)
    if not is_question_item(text):
        raise ReadError(number, TOO_SHORT)
    context = context_of(row.get(columns.context) or [], number)
    key = str(row.get(columns.key) or "").strip()
    event = row.get("source_event")
    return ImportedQuestion(
        key=short(key) if key else key_by_content(text, context),
        group=short(str(row.get(columns.dialogue) or "").strip()),
        text=text,
        context=context,
        gold=str(row.get(columns.gold) or ""),
        event=_uuid(event, number) if event else None,
        labels=_labels(row, number, columns),
        line=number,
    )


def _labels(row: dict[str, Any], number: int, columns: Columns) -> tuple[ImportedLabel, ...]:
    """One label as a text, or a list of what each annotator said."""
    value = row.get(columns.labels) or []
    named = str(row.get(columns.annotator) or "file") if columns.annotator else "file"
    if isinstance(value, str):
        return (ImportedLabel(named, (value,)),)
    if not isinstance(value, list):
        raise ReadError(number, f"{columns.labels!r} must be a text or a list.")
    if value and all(isinstance(one, str) for one in value):
        return (ImportedLabel(named, tuple(value)),)
    return tuple(_label(one, number) for one in value)


def _label(said: Any, number: int) -> ImportedLabel:
    if not isinstance(said, dict) or not isinstance(said.get("labels", []), list):
        raise ReadError(number, "each label must be an object with annotator and labels.")
    return ImportedLabel(
        annotator=str(said.get("annotator") or "file"),
        labels=tuple(str(label) for label in said.get("labels", [])),
        data_issue=bool(said.get("data_issue")),
        comment=str(said.get("comment") or ""),
        active_ms=_whole(said.get("active_ms")),
        idle_ms=_whole(said.get("idle_ms")),
        suggested_label=str(said.get("suggested_label") or ""),
        suggested_by=str(said.get("suggested_by") or ""),
        suggestion_shown=bool(said.get("suggestion_shown")),
    )


def _whole(value: Any) -> int:
    return max(0, value) if isinstance(value, int) else 0
