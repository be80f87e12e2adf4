"""Marks the entities of the corpus's utterances by their words.

The tagger learns from these marks and generalises over context and spelling; its scores on the corpus say
how well it does so, not how it would do against human annotators.
"""

from __future__ import annotations

import re

from models_zoo.encoding import Span

COLOURS = ("blue", "red", "green", "orange", "yellow", "purple", "pink", "grey", "black", "white", "brown")
FIGURES = (
    "rectangle",
    "triangle",
    "figure",
    "shape",
    "square",
    "bar",
    "pizza",
    "picture",
    "drawing",
    "photo",
)
SIZES = ("small", "smaller", "big", "bigger", "large", "larger", "enlarged", "original", "new")

_COLOUR = "|".join(COLOURS)
_FIGURE = f"(?:{'|'.join(FIGURES)})s?"
_SIZE = "|".join(SIZES)
_UNITS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|hundred"
_PARTS = "half|halves|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|tenths?|twelfths?|fifteenths?"

# Where two could match, the one named first does.
_PATTERNS = {
    "scale_factor": r"scal(?:e|ing)[ -]?factors?|factors?",
    "object": rf"(?:(?:{_SIZE}) )?(?:{_COLOUR}) (?:{_FIGURE}|ones?)|(?:{_SIZE}) (?:{_FIGURE}|one)"
    rf"|{_COLOUR}|{_FIGURE}",
    "dimension": r"(?:(?:short|long|missing|other|top|bottom)(?:er)? )?sides?"
    r"|(?:top|bottom) (?:number|part)s?|lengths?|lenght|long|longer"
    r"|widths?|wide|wider|heights?|hight|tall|taller|base|perimeter|area"
    r"|dimensions?|angles?|numerators?|denominators?",
    "number": rf"\d+(?:[.,]\d+)?(?:/\d+)?|(?:one|{_UNITS}) (?:{_PARTS})|{_UNITS}|dozen|{_PARTS}",
    "operation": r"multipl(?:y|ying|ied|ies|ication)|times|add(?:s|ed|ing|ition)?|plus|minus"
    r"|subtract(?:s|ed|ing|ion)?|take away|took away|divid(?:e|es|ed|ing)|division|doubl(?:e|es|ed|ing)"
    r"|halv(?:e|es|ed|ing)|enlarg(?:e|es|ed|ing|ements?)|shrink(?:s|ing)?|simplify(?:ing)?",
}
_WORDS = "|".join(rf"(?P<{kind}>\b(?:{pattern})\b)" for kind, pattern in _PATTERNS.items())
_SIGN = r"(?P<sign>(?<=\d )[x×*+÷-](?= \d))"  # an operation written between two numbers
_ENTITY = re.compile(f"{_WORDS}|{_SIGN}", re.IGNORECASE)


def entity_spans(text: str) -> tuple[Span, ...]:
    """(first character, one past the last, kind) of every entity, in order, without overlaps."""
    found = []
    for match in _ENTITY.finditer(text):
        kind = match.lastgroup or ""
        found.append((match.start(), match.end(), "operation" if kind == "sign" else kind))
    return tuple(found)
