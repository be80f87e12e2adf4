"""MathDial's CSV (Macina et al. 2023): a row is a dialogue, turns are joined by ``|EOM|``.

A teacher's turn starts with its move in brackets. The moves are not the question types of the Instructional
Quality Assessment; the map below is the nearest, so what comes of it is approximate gold.
"""

import re
from collections.abc import Iterator

from .csv_rows import CsvFile
from .dialogues import ReadError, Record, Turn, questions_in
from .mapping import UNNAMED, Columns
from .source import Source

TURN = re.compile(r"\s*(?P<who>[^:]{1,60}):\s*(?:\((?P<move>\w+)\))?\s*(?P<text>.*)", re.DOTALL)
TYPE_OF_MOVE = {
    "probing": "Probing and Exploring",
    "focus": "Procedural and Factual",
    "telling": "Expository and Cueing",
    "generic": "Other",
}
COLUMNS = ("qid", "conversation")


def read_mathdial(source: Source, columns: Columns = UNNAMED) -> Iterator[Record]:
    """Every teacher utterance of the file; a dialogue of another shape as the error that it is.

    Raises:
        ReadError: a column is missing.
    """
    file = CsvFile(source.lines())
    missing = [name for name in COLUMNS if name not in file.header]
    if missing:
        raise ReadError(1, f"the column {missing[0]!r} is missing. A MathDial file has {', '.join(COLUMNS)}.")
    return _questions(file)


def _questions(file: CsvFile) -> Iterator[Record]:
    seen: dict[str, int] = {}
    for row in file.rows():
        if isinstance(row, ReadError):
            yield row
            continue
        qid = row.cells["qid"] or "dialogue"
        seen[qid] = seen.get(qid, 0) + 1  # several dialogues are about one problem
        try:
            turns = _turns(row.cells["conversation"], row.line)
        except ReadError as error:
            yield error
        else:
            yield from questions_in(f"{qid}-{seen[qid]}", turns, row.line)


def _turns(conversation: str, line: int) -> list[Turn]:
    turns = []
    for part in conversation.split("|EOM|"):
        found = TURN.match(part)
        if found is None:
            raise ReadError(
                line, f"the turn {part[:40]!r} does not start with who speaks, as in 'Teacher: '."
            )
        text = " ".join(found["text"].split())
        if found["who"].strip().lower() != "teacher":
            turns.append(Turn("student", text))
            continue
        move = (found["move"] or "").lower()
        if move and move not in TYPE_OF_MOVE:
            raise ReadError(line, f"{move!r} is no move; the moves are {', '.join(TYPE_OF_MOVE)}.")
        turns.append(Turn("teacher", text, TYPE_OF_MOVE.get(move, "")))
    return turns
