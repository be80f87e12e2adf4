"""Which words name which object, dimension or operation of a scenario."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

COLOURS = (
    "red", "blue", "green", "yellow", "orange", "purple", "pink", "black", "white", "grey", "gray",
    "brown", "violet", "turquoise", "cyan", "golden",
)  # fmt: skip
DIMENSIONS = (
    "length", "width", "height", "depth", "perimeter", "area", "volume", "angle", "diagonal",
    "radius", "diameter",
)  # fmt: skip
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "add": ("add", "added", "adding", "addition", "plus", "sum", "+"),
    "subtract": ("subtract", "subtracted", "subtracting", "subtraction", "minus", "take away", "difference"),
    "multiply": ("multiply", "multiplied", "multiplying", "multiplication", "times", "timesing", "×", "*"),
    "divide": ("divide", "divided", "dividing", "division", "÷", "split"),
}


Names = Mapping[str, Iterable[str]]
"""Ids with the words and phrases that name them."""


@dataclass(frozen=True)
class Mention:
    """A word or phrase found at ``text[start:end]``; ``name`` is the scenario's id for it.

    ``kind`` is object, dimension, operation, quantity (a phrase for one side of one shape), or
    stranger for a colour or dimension the scenario lacks (``name`` is then the word itself).
    """

    kind: str
    name: str
    start: int
    end: int


class Lexicon:
    """Finds a scenario's words in free text; longer phrases win ("long side" over "side")."""

    def __init__(self, objects: Names, dimensions: Names, quantities: Names) -> None:
        self._entries: dict[str, tuple[str, str]] = {}
        tables = (
            ("quantity", quantities),
            ("object", objects),
            ("dimension", dimensions),
            ("operation", OPERATIONS),
        )
        for kind, table in tables:
            for name, phrases in table.items():
                for phrase in phrases:
                    self._entries.setdefault(_normal(phrase), (kind, name))
        for word in (*COLOURS, *DIMENSIONS):
            self._entries.setdefault(word, ("stranger", word))
        phrases = sorted(self._entries, key=len, reverse=True)
        self._pattern = re.compile("|".join(_bounded(phrase) for phrase in phrases), re.IGNORECASE)

    def find(self, text: str) -> tuple[Mention, ...]:
        """Every mention in ``text``, in reading order, none overlapping."""
        found = []
        for match in self._pattern.finditer(text):
            phrase = _normal(match[0])
            kind, name = self._entries.get(phrase) or self._entries[phrase.removesuffix("s")]
            found.append(Mention(kind, name, match.start(), match.end()))
        return tuple(found)


def has_phrase(text: str, phrase: str) -> bool:
    """Whether ``phrase`` stands in ``text`` as whole words, whatever their case and spacing."""
    return re.search(_bounded(_normal(phrase)), text, re.IGNORECASE) is not None


def _normal(phrase: str) -> str:
    return re.sub(r"[\s\-_]+", " ", phrase.casefold().replace("’", "'")).strip()


def _bounded(phrase: str) -> str:
    body = r"[\s\-]+".join(re.escape(word) for word in phrase.split(" "))
    plural = "s?" if phrase[-1:].isalpha() else ""
    before = r"(?<!\w)" if phrase[:1].isalnum() else ""
    after = r"(?!\w)" if phrase[-1:].isalnum() else ""
    return f"{before}{body}{plural}{after}"
