"""Numbers as people write and say them: digits, decimals, fractions and English number words."""

import re
from dataclasses import dataclass
from fractions import Fraction

Value = int | float | str
"""What a quantity can hold: a number, a fraction written as text ("2/3"), or a word ("adding")."""

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {word: n for n, word in enumerate(_UNITS)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8,
    "tenth": 10, "twelfth": 12, "fifteenth": 15, "twentieth": 20,
}  # fmt: skip
_PARTS |= {f"{word}s": n for word, n in list(_PARTS.items()) if not word.startswith("hal")}

_DIGITS = r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?/\s?\d+)?(?!\d|(?:st|nd|rd|th)\b)"
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_PATTERN = re.compile(
    rf"(?P<digits>{_DIGITS})|\b(?P<words>(?:{_WORD})(?:[\s-](?:{_WORD}))?)\b(?:[\s-](?P<part>{_PART})\b)?",
    re.IGNORECASE,
)
# "the blue one" counts nothing; "equals one" and "one cm" do.
_COUNTING_BEFORE = re.compile(r"(?:\bis|\bequals|\bby|\btimes|=|×)\s*$", re.IGNORECASE)
_COUNTING_AFTER = re.compile(r"^\s*(?:cm|centimet|time\b|part|piece|square)", re.IGNORECASE)


@dataclass(frozen=True)
class NumberMention:
    """A number found in a text, at ``text[start:end]``."""

    value: Fraction
    start: int
    end: int


def numbers_in(text: str) -> tuple[NumberMention, ...]:
    """Every number in ``text``, in reading order ("twelve", "2.5", "2/3", "two thirds")."""
    found = []
    for match in _PATTERN.finditer(text):
        value = _read(match, text)
        if value is not None:
            found.append(NumberMention(value, match.start(), match.end()))
    return tuple(found)


def as_fraction(value: Value | Fraction | None) -> Fraction | None:
    """``value`` as an exact number, or None when it is not a single number."""
    if isinstance(value, Fraction):
        return value
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Fraction(str(value))
    mentions = numbers_in(value.strip())
    whole = len(mentions) == 1 and mentions[0].start == 0 and mentions[0].end == len(value.strip())
    return mentions[0].value if whole else None


def plain(value: Fraction) -> Value:
    """The number as JSON can hold it: an int, a short decimal, or else a fraction as text."""
    if value.denominator == 1:
        return int(value)
    decimal = round(float(value), 4)
    return decimal if Fraction(str(decimal)) == value else f"{value.numerator}/{value.denominator}"


def same_value(left: Value | Fraction | None, right: Value | Fraction | None) -> bool:
    """Whether two values mean the same ("2/4" and 0.5 do, "Adding" and "adding" too)."""
    a, b = as_fraction(left), as_fraction(right)
    if a is not None or b is not None:
        return a == b
    return str(left).casefold() == str(right).casefold()


def _read(match: re.Match[str], text: str) -> Fraction | None:
    if match["digits"]:
        written = match["digits"].replace(",", "").replace(" ", "")
        whole, _, parts = written.partition("/")
        return None if parts and int(parts) == 0 else Fraction(whole) / (int(parts) if parts else 1)
    words = re.split(r"[\s-]", match["words"].casefold())
    if words == ["one"] and not match["part"] and not _counts(match, text):
        return None
    numbers = [_WORDS[word] for word in words]
    if len(numbers) == 2 and not (numbers[0] >= 20 and 0 < numbers[1] < 10):
        return None
    total = Fraction(sum(numbers))
    return total / _PARTS[match["part"].casefold()] if match["part"] else total


def _counts(match: re.Match[str], text: str) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    if not before.strip() and not after.strip(" .!"):
        return True
    return bool(_COUNTING_BEFORE.search(before) or _COUNTING_AFTER.search(after)) and not re.search(
        r"\b(?:this|that|which|blue|red|green|big|small|other|each|first|second)\s*$", before, re.IGNORECASE
    )
