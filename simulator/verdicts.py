"""Was the machine wrong? Judged from what a supervisor said instead. Pure functions.

Whenever a person answers a turn that the machine had a reply for, the two replies are compared. The machine
counts as **wrong** when its first reply was refused, or when what was said in the end differs from it
materially: in a number, in a yes or no, or in more than a few letters. Corrected spelling, capitals,
punctuation and blanks are no matter. A supervisor who types something else although the machine's reply would
have done is counted against the machine: the error that is promised is an upper bound of the true one.
"""

import re
from difflib import SequenceMatcher

SAME = 0.85  # share of letters that two replies have in common from which on they say the same
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?(?:[.,]\d+)?")
DECISIVE = frozenset("no not never yes yeah yep nope isn't don't doesn't can't won't didn't".split())  # noqa: SIM905


def machine_was_wrong(*, proposed: str, said: str, refused: bool) -> bool:
    """Whether the supervisor's verdict on the machine's first reply is that it was wrong."""
    return refused or is_material(proposed, said)


def is_material(before: str, after: str) -> bool:
    """Whether two replies of the student differ in more than their spelling."""
    first, second = _words(before), _words(after)
    if first == second:
        return False
    if _decisive(first) != _decisive(second):
        return True
    return SequenceMatcher(None, " ".join(first), " ".join(second), autojunk=False).ratio() < SAME


def _words(text: str) -> list[str]:
    return [word.replace("’", "'") for word in WORD.findall(text.casefold())]


def _decisive(words: list[str]) -> list[str]:
    """The words that turn a reply round when they change: numbers, yes and no."""
    return sorted(word for word in words if word in DECISIVE or word[0].isdigit())
