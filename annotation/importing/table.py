"""CSV whose columns somebody has named: a row is a question, or one utterance of a dialogue.

TalkMoves' transcript sheets (Suresh et al. 2022) are the second kind; their tags are talk moves and no
question types, so nothing of them is kept.
"""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

from annotation.numerals import whole
from annotation.questions import is_question_item

from .csv_rows import CsvFile, Row
from .dialogues import (
    CONTEXT_OF_A_LESSON,
    ImportedLabel,
    ImportedQuestion,
    ReadError,
    Record,
    Turn,
    key_by_content,
    short,
)
from .mapping import UNNAMED, Columns, guess
from .source import Source

FURTHER = ("data_issue", "comment", "active_ms", "idle_ms", "suggested_label", "suggested_by")
TOO_SHORT = "One word without a question mark is no question; add to it or leave the row out."


def read_table(source: Source, columns: Columns = UNNAMED) -> Iterator[Record]:
    """Every question of the file. Raises ReadError: no header, or a column that is not there."""
    file = CsvFile(source.lines())
    if columns == UNNAMED:
        columns = guess(file.header)
    if not columns.text:
        raise ReadError(1, f"Say which column holds the text; there are {', '.join(file.header)}.")
    if missing := columns.missing_in(file.header):
        raise ReadError(1, f"There is no column {missing!r}; there are {', '.join(file.header)}.")
    if columns.speaker:
        return _Dialogues(source.name, columns).read(file)
    return _questions(file, columns)


def read_talkmoves(source: Source, columns: Columns = UNNAMED) -> Iterator[Record]:
    """A transcript sheet: an utterance a row. Raises ReadError: it has no speaker or no sentence."""
    file = CsvFile(source.lines())
    guessed = guess(file.header)
    for name, column in (("Speaker", guessed.speaker), ("Sentence", guessed.text)):
        if not column:
            raise ReadError(1, f"The column {name!r} is missing. A TalkMoves sheet has Speaker and Sentence.")
    known = Columns(text=guessed.text, dialogue=guessed.dialogue, speaker=guessed.speaker, teacher="T")
    return _Dialogues(source.name, known).read(file)


class _Dialogues:
    """Rows of utterances; remembers the dialogue that it is in."""

    def __init__(self, name: str, columns: Columns) -> None:
        self.columns, self.name = columns, name
        self.current: str | None = None
        self.said: deque[Turn] = deque(maxlen=CONTEXT_OF_A_LESSON)
        self.number = 0
        self.finished: set[str] = set()

    def read(self, file: CsvFile) -> Iterator[Record]:
        for row in file.rows():
            if isinstance(row, ReadError):
                yield row
            elif (found := self._record(row)) is not None:
                yield found

    def _record(self, row: Row) -> Record | None:
        columns = self.columns
        dialogue = (row.cells[columns.dialogue].strip() if columns.dialogue else "") or self.name
        if dialogue != self.current:
            if dialogue in self.finished:
                return ReadError(
                    row.line,
                    f"The dialogue {dialogue!r} goes on here after another one; sort the rows by it.",
                )
            self._begin(dialogue)
        text, speaker = row.cells[columns.text].strip(), row.cells[columns.speaker].strip()
        self.number += 1
        if not text or not speaker:  # stage directions have no speaker
            return None
        teaches = columns.is_teacher(speaker)
        context = tuple(self.said)
        self.said.append(Turn("teacher" if teaches else "student", text))
        if not teaches or not is_question_item(text):
            return None
        own = row.cells[columns.key].strip() if columns.key else ""
        return ImportedQuestion(
            key=short(own or f"{dialogue}:{self.number}"),
            group=short(dialogue),
            text=text,
            context=context,
            gold=row.cells[columns.gold].strip() if columns.gold else "",
            labels=labels_of(row, columns),
            line=row.line,
        )

    def _begin(self, dialogue: str) -> None:
        if self.current is not None:
            self.finished.add(self.current)
        self.current, self.number = dialogue, 0
        self.said.clear()


def _questions(file: CsvFile, columns: Columns) -> Iterator[Record]:
    for row in file.rows():
        if isinstance(row, ReadError):
            yield row
            continue
        try:
            yield _question(row, columns)
        except ReadError as error:
            yield error


def _question(row: Row, columns: Columns) -> ImportedQuestion:
    text = row.cells[columns.text].strip()
    if not text:
        raise ReadError(row.line, f"The cell {columns.text!r} is empty; every question needs its text.")
    if not is_question_item(text):
        raise ReadError(row.line, TOO_SHORT)
    context = context_of(row.cells[columns.context], row.line) if columns.context else ()
    key = row.cells[columns.key].strip() if columns.key else ""
    return ImportedQuestion(
        key=short(key) if key else key_by_content(text, context),
        group=short(row.cells[columns.dialogue].strip()) if columns.dialogue else "",
        text=text,
        context=context,
        gold=row.cells[columns.gold].strip() if columns.gold else "",
        labels=labels_of(row, columns),
        line=row.line,
    )


def context_of(cell: Any, line: int) -> tuple[Turn, ...]:
    """The turns before: JSON as an export writes it, or else one text, which then counts as the student's."""
    if isinstance(cell, str):
        if not cell.strip():
            return ()
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return (Turn("student", str(cell).strip()),)
    if not isinstance(cell, list) or not all(isinstance(turn, dict) for turn in cell):
        raise ReadError(line, "The context must be a list of turns with persona and text.")
    turns = [(turn.get("persona"), turn.get("text")) for turn in cell]
    if not all(who in ("teacher", "student") and isinstance(text, str) for who, text in turns):
        raise ReadError(line, "Each turn of the context needs a persona (teacher or student) and a text.")
    return tuple(Turn(str(who), str(text)) for who, text in turns)


def labels_of(row: Row, columns: Columns) -> tuple[ImportedLabel, ...]:
    """What a row's annotator said; several types are joined by ``|``, the preferred one first."""
    cell = row.cells[columns.labels] if columns.labels else ""
    further = {name: row.cells.get(name, "").strip() for name in FURTHER}
    issue = further["data_issue"].lower() in ("true", "1", "yes")
    names = tuple(name.strip() for name in cell.split("|") if name.strip())
    if not names and not issue:
        return ()
    annotator = row.cells[columns.annotator].strip() if columns.annotator else ""
    return (
        ImportedLabel(
            annotator=annotator or "file",
            labels=names,
            data_issue=issue,
            comment=further["comment"],
            active_ms=_whole(further["active_ms"]),
            idle_ms=_whole(further["idle_ms"]),
            suggested_label=further["suggested_label"],
            suggested_by=further["suggested_by"],
            suggestion_shown=row.cells.get("suggestion_shown", "").strip().lower() in ("true", "1"),
        ),
    )


def _whole(cell: str) -> int:
    return whole(cell) or 0
