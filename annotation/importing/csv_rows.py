"""CSV into rows with the line they begin on. A broken row costs itself and nothing that follows."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from .dialogues import ReadError
from .source import Lines

DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: dict[str, str]


class CsvFile:
    """The header is read at once, rows as they are asked for.

    Raises:
        ReadError: there is no header that could be used.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.header = self._read_header()

    def _read_header(self) -> list[str]:
        first = next(self._lines, None)
        while first is not None and not first.strip("\r\n"):
            first = next(self._lines, None)
        if first is None:
            raise ReadError(1, "The file is empty. A CSV file begins with a row that names its columns.")
        if "\r" in first.rstrip("\r\n"):
            raise ReadError(1, "Lines end with CR alone, as on old Macs; save the file as 'CSV UTF-8'.")
        self._delimiter = max(DELIMITERS, key=first.count)
        try:
            cells = next(csv.reader([first], delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            raise ReadError(
                self._lines.number, f"The header is not valid CSV ({error}); close its quotation marks."
            ) from None
        header = [cell.strip() for cell in cells]
        double = next((name for name, times in Counter(header).items() if times > 1 and name), None)
        if double is not None:
            raise ReadError(self._lines.number, f"Two columns are called {double!r}; rename one of them.")
        if "\0" in first:
            raise ReadError(
                self._lines.number, "The header holds NUL bytes; choose UTF-16, or save the file as UTF-8."
            )
        return header

    def rows(self) -> Iterator[Row | ReadError]:
        """Every row; a wrong one as the error that it is."""
        reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
        while True:
            line = self._lines.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, ReadError) as error:
                yield self._broken(line, error)
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(self.header):
                yield self._wrong_length(line, len(cells))
                continue
            yield Row(line, dict(zip(self.header, cells, strict=True)))

    def _broken(self, line: int, error: Exception) -> ReadError:
        runs_on = self._lines.taken > 1 or "end of data" in str(error)
        self._lines.give_back()
        if runs_on:
            return ReadError(
                line, "A quotation mark that opens here is not closed properly; close it, or double it."
            )
        if isinstance(error, ReadError):
            return error
        if "field limit" in str(error):
            return ReadError(line, "A cell holds more than 131,072 characters; shorten or split it.")
        return ReadError(
            line,
            f"This is not valid CSV ({error}). A quotation mark inside a quoted cell must be doubled.",
        )

    def _wrong_length(self, line: int, cells: int) -> ReadError:
        self._lines.give_back()
        mend = (
            "put cells that hold the separator into quotation marks"
            if cells > len(self.header)
            else "the row is cut off; add the missing cells"
        )
        return ReadError(line, f"There are {cells} cells where the header has {len(self.header)}; {mend}.")
