"""Do the candidate replies to one message say the same?"""

import re
from collections.abc import Sequence
from typing import Any

from simulator.student.respond import Candidate

_WORD = re.compile(r"\w+")


def agreement(candidates: Sequence[Candidate]) -> float:
    """The share of the candidates' scores that speaks for the best one, between 0 and 1.

    Two replies of one rule, or with the same claims about the task, say the same; others do so as far as they
    share words (Dice 1945). Lines that fit everywhere say nothing and are left out. No candidate: 0.
    """
    speaking = [candidate for candidate in candidates if candidate.source != "generic"]
    if not speaking:
        return 0.0
    best = speaking[0]
    total = sum(candidate.score for candidate in speaking)
    if total <= 0:
        return 0.0
    return sum(candidate.score * _likeness(best, candidate) for candidate in speaking) / total


def _likeness(one: Candidate, other: Candidate) -> float:
    if one is other or (one.rule == other.rule and one.source == "rule"):
        return 1.0
    claims = _claims(one)
    if claims and claims == _claims(other):
        return 1.0
    a, b = _words(one.text), _words(other.text)
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


def _claims(candidate: Candidate) -> dict[str, Any]:
    return {effect["of"]: effect["value"] for effect in candidate.effects if effect["kind"] == "claim"}


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
