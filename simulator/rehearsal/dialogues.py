"""MathDial's CSV (Macina et al., EMNLP 2023): a row is a dialogue, turns are joined by ``|EOM|``."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

TURN = re.compile(r"\s*(?P<who>[^:]{1,60}):\s*(?:\(\w+\))?\s*(?P<text>.*)", re.DOTALL)
MAX_CHARACTERS = 4000
DIALOGUE_COLUMNS = ("qid", "conversation")
SCENARIO_COLUMNS = ("qid", "question", "student_incorrect_solution")


class DialogueFileInvalid(Exception):
    """The file is not MathDial's CSV; ``line`` counts from 1."""

    code = "dialogue_file_invalid"

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Row:
    """One row, and the line of the file that it begins on."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Exchange:
    """What a real teacher said and the real student answered; empty where there is no answer."""

    asked: str
    answered: str


@dataclass(frozen=True)
class Dialogue:
    problem: str
    exchanges: tuple[Exchange, ...]


def read_rows(path: Path, *, columns: Sequence[str] = SCENARIO_COLUMNS) -> list[Row]:
    """All rows of a file.

    Raises:
        DialogueFileInvalid: not UTF-8, not CSV, a column is missing, a row has too few or too many cells.
        OSError: the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(csv.DictReader(file, strict=True), columns))
    except UnicodeDecodeError as error:
        raise DialogueFileInvalid(1, "this is not UTF-8 text. Save the file with that encoding.") from error


def _rows(reader: "csv.DictReader[str]", columns: Sequence[str]) -> Iterator[Row]:
    try:
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            raise DialogueFileInvalid(
                1, f"the column {missing[0]!r} is missing; needed: {', '.join(columns)}."
            )
        begins = reader.line_num + 1
        for cells in reader:
            if None in cells or None in cells.values():
                raise DialogueFileInvalid(
                    begins, f"the row does not have {len(reader.fieldnames or [])} cells."
                )
            yield Row(begins, cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DialogueFileInvalid(reader.line_num, f"this is not valid CSV ({error}).") from error


def read_dialogues(path: Path) -> list[Dialogue]:
    """All dialogues of a file in which a teacher says something.

    Raises:
        DialogueFileInvalid: naming the first line that is wrong.
        OSError: the file cannot be read.
    """
    rows = read_rows(path, columns=DIALOGUE_COLUMNS)
    dialogues = [Dialogue(row.cells["qid"].strip(), tuple(_exchanges(row))) for row in rows]
    return [dialogue for dialogue in dialogues if dialogue.exchanges]


def _exchanges(row: Row) -> Iterator[Exchange]:
    """Teacher's lines, each with the student's next ones. What one person says in a row is taken together."""
    turns = [_turn(part, row.line) for part in row.cells["conversation"].split("|EOM|") if part.strip()]
    spoken = [
        (is_teacher, " ".join(text for _, text in group)[:MAX_CHARACTERS])
        for is_teacher, group in groupby(turns, key=lambda turn: turn[0])
    ]
    if spoken and not spoken[0][0]:
        del spoken[0]  # nobody asked the student yet
    asked = [text for is_teacher, text in spoken if is_teacher]
    answered = [text for is_teacher, text in spoken if not is_teacher]
    answered += [""] * (len(asked) - len(answered))
    yield from (Exchange(*pair) for pair in zip(asked, answered, strict=True) if pair[0])


def _turn(part: str, line: int) -> tuple[bool, str]:
    found = TURN.match(part)
    if found is None:
        raise DialogueFileInvalid(line, f"the turn {part[:40]!r} does not start with who speaks.")
    return found["who"].strip().casefold() == "teacher", " ".join(found["text"].split())
