"""MathDial's CSV (Macina et al. 2023): a row is a dialogue, turns are joined by ``|EOM|``.

A teacher's turn starts with its move in brackets. The moves are not the question types of the Instructional
Quality Assessment; the map below is the nearest, so what comes of it is approximate gold.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO

from .dialogues import ImportedQuestion, ReadError, Turn, questions_in

TURN = re.compile(r"\s*(?P<who>[^:]{1,60}):\s*(?:\((?P<move>\w+)\))?\s*(?P<text>.*)", re.DOTALL)
TYPE_OF_MOVE = {
    "probing": "Probing and Exploring",
    "focus": "Procedural and Factual",
    "telling": "Expository and Cueing",
    "generic": "Other",
}
COLUMNS = ("qid", "conversation")


def read_mathdial(content: str) -> Iterator[ImportedQuestion]:
    """Every teacher utterance of the file.

    Raises:
        ReadError: a column is missing, or a dialogue has a shape that this format does not know.
    """
    reader = csv.DictReader(StringIO(content))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise ReadError(1, f"the column {missing[0]!r} is missing. A MathDial file has {', '.join(COLUMNS)}.")
    seen: dict[str, int] = {}
    try:
        for row in reader:
            qid = row["qid"] or "dialogue"
            seen[qid] = seen.get(qid, 0) + 1  # several dialogues are about one problem
            turns = _turns(row["conversation"] or "", reader.line_num)
            yield from questions_in(f"{qid}-{seen[qid]}", turns)
    except csv.Error as error:
        raise ReadError(reader.line_num, f"this is not valid CSV ({error}).") from error


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
