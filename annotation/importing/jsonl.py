"""The product's own JSON Lines, in either of two shapes.

An export of rehearsals has an event a line; its ``message.posted`` events carry the dialogue. A dialogue file
has a dialogue a line:

    {"dialogue": "a name", "turns": [{"persona": "teacher", "text": "...", "gold": "Other"}]}
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from models_zoo.labels import QUESTION_TYPES

from .dialogues import ImportedQuestion, ReadError, Turn, questions_in


def read_jsonl(content: str) -> Iterator[ImportedQuestion]:
    """Every teacher utterance of the file.

    Raises:
        ReadError: a line is not JSON, or has neither of the two shapes.
    """
    sessions: dict[str, list[tuple[int, Turn]]] = {}
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        row = _object(line, number)
        if "turns" in row:
            name = _text(row, "dialogue", number)
            yield from questions_in(name, _turns(row, number))
        elif "type" in row and "session" in row:
            if row["type"] == "message.posted":
                sessions.setdefault(str(row["session"]), []).append(_event(row, number))
        else:
            raise ReadError(
                number, "this is neither an event (session, type, ...) nor a dialogue (dialogue, turns)."
            )
    for session, events in sessions.items():
        in_order = sorted(events, key=lambda pair: pair[0])
        yield from questions_in(session, [turn for _, turn in in_order])


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ReadError(number, f"this is not JSON ({error}).") from error
    if not isinstance(row, dict):
        raise ReadError(number, "a line must be a JSON object.")
    return row


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
    try:
        event = UUID(str(row.get("id")))
    except ValueError as error:
        raise ReadError(number, f"{row.get('id')!r} is no event id.") from error
    persona = "teacher" if row.get("persona") == "teacher" else "student"
    return seq, Turn(persona, _text(payload, "text", number), event=event)
