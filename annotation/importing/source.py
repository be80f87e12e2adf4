"""From bytes to numbered lines of text: encodings, huge lines and lost quotes are dealt with here, once."""

import codecs
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from .dialogues import ReadError

MOST_RECORD = 1024 * 1024  # characters of one record; a longer one is a lost quote or no such file
CHUNK = 64 * 1024
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252 (Excel, Western Europe)"}
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Source:
    """An open file, its encoding and its name (without ending), which names what has no other name."""

    stream: BinaryIO
    encoding: str = "utf-8"
    name: str = "file"

    def lines(self) -> "Lines":
        return Lines(self._decoded())

    def chunks(self) -> Iterator[str]:
        """The text in pieces, for formats that are not made of lines. Raises ReadError."""
        decoder = codecs.getincrementaldecoder(self._codec())()
        line = 1
        while True:
            data = self.stream.read(CHUNK)
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeError as error:
                wrong = error.start if isinstance(error, UnicodeDecodeError) else 0
                raise self._not_decoded(line + data[:wrong].count(b"\n"), error) from None
            line += text.count("\n")
            if text:
                yield text
            if not data:
                return

    def _codec(self) -> str:
        return "utf-8-sig" if self.encoding == "utf-8" else self.encoding

    def _decoded(self) -> Iterator[str | ReadError]:
        if self.encoding == "utf-16":  # a line's end is two bytes there, so the text is decoded first
            yield from self._split()
            return
        number = 0
        while data := self.stream.readline(MOST_RECORD + 1):
            number += 1
            if len(data) > MOST_RECORD:
                self._skip_line()
                yield too_long(number)
                continue
            try:
                text = data.decode(self.encoding)
            except UnicodeDecodeError as error:
                yield self._not_decoded(number, error)
                continue
            yield text.removeprefix("\ufeff") if number == 1 else text

    def _split(self) -> Iterator[str | ReadError]:
        rest, number = "", 1
        try:
            for chunk in self.chunks():
                *whole, rest = (rest + chunk).split("\n")
                yield from (f"{line}\n" for line in whole)
                number += len(whole)
                if len(rest) > MOST_RECORD:
                    raise too_long(number)
        except ReadError as error:
            yield error
            return
        if rest:
            yield rest

    def _skip_line(self) -> None:
        while data := self.stream.readline(CHUNK):
            if data.endswith(b"\n"):
                return

    def _not_decoded(self, line: int, error: UnicodeError) -> ReadError:
        byte = error.object[error.start] if isinstance(error, UnicodeDecodeError) else None
        which = f" (byte 0x{byte:02X})" if byte is not None else ""
        name = ENCODINGS.get(self.encoding, self.encoding)
        return ReadError(
            line,
            f"This is not {name} text{which}; choose the encoding that the file was saved in, or save it as "
            "UTF-8.",
        )


def too_long(line: int) -> ReadError:
    return ReadError(
        line,
        "This record is longer than a million characters. Look for a quotation mark that is never closed, "
        "or split it.",
    )


class Lines(Iterator[str]):
    """Lines with their number. Those that a broken record swallowed can be given back and read anew."""

    def __init__(self, lines: Iterator[str | ReadError]) -> None:
        self.number = 0
        self._lines = lines
        self._returned: deque[str | ReadError] = deque()
        self._taken: list[str | ReadError] = []
        self._characters = 0

    def begin_record(self) -> int:
        """Note that a record begins with the next line; returns its number."""
        self._taken, self._characters = [], 0
        return self.number + 1

    @property
    def taken(self) -> int:
        """Lines since the record began."""
        return len(self._taken)

    def first_taken(self) -> str:
        return next((line for line in self._taken if isinstance(line, str)), "")

    def give_back(self) -> None:
        """Give back all lines of the record but its first, so that only that one is lost."""
        self._returned.extendleft(reversed(self._taken[1:]))
        self.number -= len(self._taken[1:])
        self._taken = self._taken[:1]

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.number += 1
        self._taken.append(line)
        if isinstance(line, ReadError):
            raise line
        self._characters += len(line)
        if self._characters > MOST_RECORD:
            raise too_long(self.number)
        return line


def text_source(text: str, name: str = "file") -> Source:
    """A source of text at hand."""
    return Source(io.BytesIO(text.encode()), name=name)


def encoding_of(head: bytes) -> str:
    """What a byte order mark says; UTF-8 where there is none."""
    return "utf-16" if head.startswith(UTF_16_MARKS) else "utf-8"
