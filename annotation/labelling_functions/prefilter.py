"""Patterns that look for a word before they look for themselves.

A pattern such as ``\\bexplain(ing)?\\b`` cannot match where ``explain`` does not occur, and asking whether a
string occurs is some twenty times quicker than trying the pattern at every place. What must occur is derived
from the parsed pattern, so nothing has to be kept in step with it; where nothing can be derived, or the text
goes beyond ASCII (where letters of different scripts fold together), the pattern itself is asked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from re import _constants as kinds  # type: ignore[attr-defined]  # how a parsed pattern is spelt
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_STRINGS = 400
Strings = frozenset[str]


class Pattern:
    """Any of some regular expressions, whatever the case; ``search`` answers as their union would.

    The last answer is kept, since several functions ask the same of a text, one after the other.
    """

    __slots__ = ("_choices", "_last", "alternatives")

    def __init__(self, *alternatives: str) -> None:
        self.alternatives = alternatives
        self._choices = [
            (needed_strings(each), re.compile(each, re.IGNORECASE).search) for each in alternatives
        ]
        self._last: tuple[str | None, re.Match[str] | None] = (None, None)

    def search(self, text: str) -> re.Match[str] | None:
        """The leftmost match; at one place, that of the first alternative."""
        asked, best = self._last
        if asked is text:
            return best
        best = None
        lowered = text.lower() if text.isascii() else None
        for needed, search in self._choices:
            if not needed or lowered is None or _holds(lowered, needed):
                found = search(text)
                if found is not None and (best is None or found.start() < best.start()):
                    best = found
        self._last = (text, best)
        return best

    def __reduce__(self) -> tuple[type["Pattern"], tuple[str, ...]]:
        return Pattern, self.alternatives


def _holds(text: str, strings: Sequence[str]) -> bool:
    for each in strings:  # noqa: SIM110 - any() would cost more than the strings do
        if each in text:
            return True
    return False


def needed_strings(source: str) -> tuple[str, ...]:
    """Lower-case strings of which each match holds at least one; empty if that is not known."""
    best = _needed(parser.parse(source, re.IGNORECASE))
    if best is None or any(not each.isascii() and each.lower() != each.upper() for each in best):
        return ()
    return tuple(sorted(best, key=len))


def _needed(sequence: Iterable[Any]) -> Strings | None:
    """The best of what the parts of a sequence need: the longest strings, then the fewest."""
    found: list[Strings | None] = []
    current: Strings = frozenset({""})
    for part in sequence:
        strings = _spelled(part)
        longer = None if strings is None else _joined(current, strings)
        if longer is not None:
            current = longer
            continue
        found += [current, _inside(part)]
        current = strings or frozenset({""})
    usable = [each for each in [*found, current] if each and "" not in each]
    return min((start for each in usable for start in _starts(each)), key=_cost, default=None)


def _starts(strings: Strings) -> Iterator[Strings]:
    """The strings, and the sets of what they begin with: fewer to ask for, and found more often."""
    for length in range(3, max(map(len, strings)) + 1):
        yield _shortest(frozenset(each[:length] for each in strings))


def _shortest(strings: Strings) -> Strings:
    """Without those that hold another one."""
    return frozenset(
        each for each in strings if not any(other in each and other != each for other in strings)
    )


def _cost(strings: Strings) -> float:
    """How often one of them is there for nothing, and how long it takes to ask."""
    return sum(2.0 ** -len(each) + 0.012 for each in strings)


def _joined(heads: Strings, tails: Strings) -> Strings | None:
    if len(heads) * len(tails) > MOST_STRINGS:
        return None
    return frozenset(head + tail for head in heads for tail in tails)


def _inside(part: Any) -> Strings | None:
    """What a part needs that cannot be spelled out as a whole."""
    kind, value = part
    if kind is kinds.SUBPATTERN:
        return _needed(value[3])
    if kind is kinds.BRANCH:
        return _either([_needed(each) for each in value[1]])
    if kind in (kinds.MAX_REPEAT, kinds.MIN_REPEAT) and value[0] >= 1:
        return _needed(value[2])
    return None


def _either(choices: Sequence[Strings | None]) -> Strings | None:
    known = [each for each in choices if each is not None]
    together: Strings = frozenset().union(*known)
    return together if len(known) == len(choices) and len(together) <= MOST_STRINGS else None


def _spelled(part: Any) -> Strings | None:
    """All strings that a part matches, if they are few; None otherwise."""
    kind, value = part
    if kind is kinds.AT:  # a place, not a character
        return frozenset({""})
    if kind is kinds.LITERAL:
        return frozenset({chr(value).lower()})
    if kind is kinds.IN and all(each is kinds.LITERAL for each, _ in value):
        return frozenset(chr(character).lower() for _, character in value)
    if kind is kinds.SUBPATTERN:
        return _all_spelled(value[3])
    if kind is kinds.BRANCH:
        spelled = [_all_spelled(each) for each in value[1]]
        return _either(spelled)
    if kind is kinds.MAX_REPEAT and tuple(value[:2]) == (0, 1):
        once = _all_spelled(value[2])
        return None if once is None else once | {""}
    return None


def _all_spelled(sequence: Iterable[Any]) -> Strings | None:
    current: Strings | None = frozenset({""})
    for part in sequence:
        strings = _spelled(part)
        current = None if strings is None or current is None else _joined(current, strings)
        if current is None:
            return None
    return current
