"""JSON Lines into objects with their line number."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .dialogues import ReadError
from .source import Lines


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    row: dict[str, Any]


def json_lines(lines: Lines) -> Iterator[Line | ReadError]:
    """Every line that is not blank; a wrong one as the error that it is."""
    while True:
        number = lines.begin_record()
        try:
            text = next(lines)
        except StopIteration:
            return
        except ReadError as error:
            yield error
            continue
        if text.strip():
            yield _object(text, number)


def _object(text: str, number: int) -> Line | ReadError:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        return ReadError(number, f"this is not JSON ({error}).")
    if not isinstance(row, dict):
        return ReadError(number, "a line must be a JSON object.")
    return Line(number, row)
