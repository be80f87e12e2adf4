"""Regular expressions, each search under a time limit: a pattern such as ``(a+)+$`` can take for ever.

Matched by the ``regex`` package, which understands what the standard library does and can be stopped.
"""

import time
from collections.abc import Sequence

import numpy as np
import regex
from django.utils.translation import gettext as _

from annotation.questions import ABSTAIN, Question
from annotation.rules.source import Applied, RuleSource, silent

MOST_CHARACTERS = 2000
SEARCH_S = 0.2
MOST_TIMEOUTS = 3
TOTAL_S, QUESTION_S = 10.0, 0.005  # for all questions together: so much, and so much for each


class PatternInvalid(Exception):
    """``position`` is the character at which it goes wrong, from 1, or 0 if that is not known."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


def compiled(body: str, *, ignore_case: bool = True) -> "regex.Pattern[str]":
    """Raises PatternInvalid."""
    if len(body) > MOST_CHARACTERS:
        raise PatternInvalid(_("More than %(most)d characters.") % {"most": MOST_CHARACTERS})
    try:
        return regex.compile(body, regex.IGNORECASE if ignore_case else 0)
    except regex.error as error:
        raise PatternInvalid(error.msg, (error.pos or 0) + 1) from None
    except (OverflowError, RecursionError, MemoryError, ValueError) as error:
        raise PatternInvalid(str(error) or _("too large")) from None


def apply_expression(source: RuleSource, questions: Sequence[Question]) -> Applied:
    try:
        pattern = compiled(source.body, ignore_case=bool(source.options.get("ignore_case", True)))
    except PatternInvalid as error:
        return silent(questions, str(error))
    votes = np.full(len(questions), ABSTAIN, dtype=np.int8)
    spans: list[list[tuple[int, int]]] = [[] for _each in questions]
    faults: dict[int, str] = {}
    until = time.monotonic() + TOTAL_S + QUESTION_S * len(questions)
    for place, question in enumerate(questions):
        if not source.looks_at(question):
            continue
        try:
            match = pattern.search(question.text, timeout=SEARCH_S)
        except TimeoutError:
            faults[place] = took_too_long()
            match = None
        if match is not None:
            votes[place] = source.vote
            spans[place] = [match.span()]
        if len(faults) >= MOST_TIMEOUTS or time.monotonic() > until:
            return silent(questions, took_too_long(), faults)
    return Applied(votes, spans, faults)


def took_too_long() -> str:
    return _(
        "The pattern takes too long. Repetition inside repetition does that, as in (a+)+ or (.*,)*: "
        "make the inner part match in one way only."
    )
