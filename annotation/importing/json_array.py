"""A JSON array of objects, one after another, with the line each begins on and in constant memory.

The streaming parsers at hand do not say on which line they are, and a refusal must name the line.
"""

import json
from collections.abc import Iterator
from typing import Any

from .dialogues import ReadError
from .json_lines import Line
from .source import MOST_RECORD, Source, too_long

BLANK = " \t\r\n"


class _Text:
    """What has been read and not yet used."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.chunks()
        self.rest, self.at, self.line = "", 0, 1

    def more(self) -> bool:
        """Read on; False at the end of the file."""
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self.rest, self.at = self.rest[self.at :] + chunk, 0
        return True

    def use(self, until: int) -> None:
        self.line += self.rest.count("\n", self.at, until)
        self.at = until

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            while self.at < len(self.rest):
                if self.rest[self.at] not in BLANK:
                    return self.rest[self.at]
                self.use(self.at + 1)
            if not self.more():
                return ""


def json_array(source: Source) -> Iterator[Line | ReadError]:
    """Every object of the array. Raises ReadError: it is none, or stops being one."""
    text = _Text(source)
    if text.peek() != "[":
        raise ReadError(text.line, "This is no JSON array; the file must begin with '['.")
    text.use(text.at + 1)
    if text.peek() == "]":
        return
    while True:
        text.peek()
        line = text.line
        row = _value(text)
        yield Line(line, row) if isinstance(row, dict) else ReadError(line, "Expected an object.")
        following = text.peek()
        text.use(text.at + 1)
        if following == "]":
            return
        if following != ",":
            where = "The file ends" if not following else f"There is {following!r}"
            raise ReadError(text.line, f"{where} where ',' or ']' should be; export the file again.")


def _value(text: _Text) -> Any:
    decoder = json.JSONDecoder()
    while True:
        try:
            value, end = decoder.raw_decode(text.rest, text.at)
        except (ValueError, RecursionError) as error:
            if len(text.rest) - text.at > MOST_RECORD:
                raise too_long(text.line) from None
            if not text.more():
                raise ReadError(text.line, f"this is not JSON ({error}).") from None
        else:
            text.use(end)
            return value
