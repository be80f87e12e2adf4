"""The hand-written lists of data/: what the detector is fitted on and what it is measured with."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
MOST_CHARACTERS = 4000
_ABOUT = re.compile(r"\s*\{([^}]*)\}$")


@dataclass(frozen=True)
class ScopeLine:
    """A line under its heading, a kind of stranger or a dialogue act; ``about`` names what it asks about."""

    text: str
    heading: str
    about: tuple[str, ...] = ()


def read_lines(name: str) -> list[ScopeLine]:
    """The lines of ``data/<name>.txt`` in order.

    A line in double quotes is a JSON string, ``@fill`` before one repeats it up to 4,000 characters, and what
    stands in braces at its end is what it asks about.
    """
    return list(_lines((DATA / f"{name}.txt").read_text(encoding="utf-8")))


def _lines(source: str) -> Iterator[ScopeLine]:
    heading = ""
    for line in source.splitlines():
        if line.startswith("## "):
            heading = line[3:].strip()
        elif line.strip() and line != "#" and not line.startswith("# "):
            yield _line(line, heading)


def _line(line: str, heading: str) -> ScopeLine:
    if line.startswith('"'):
        return ScopeLine(json.loads(line), heading)
    if line.startswith("@fill "):
        piece = line.removeprefix("@fill ") + " "
        return ScopeLine((piece * (MOST_CHARACTERS // len(piece) + 1))[:MOST_CHARACTERS].strip(), heading)
    about = _ABOUT.search(line)
    return ScopeLine(_ABOUT.sub("", line), heading, tuple(about[1].split()) if about else ())
