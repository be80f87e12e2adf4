"""Applying labelling functions to questions."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from annotation.labelling_functions.function import LabellingFunction
from annotation.questions import ABSTAIN, Question

Votes = NDArray[np.int8]  # (questions, functions), ABSTAIN where a function is silent
Gold = NDArray[np.int64]  # (questions,), the type's index, or ABSTAIN where nobody said
SILENT = np.int8(ABSTAIN)


def votes_of(functions: Sequence[LabellingFunction], questions: Sequence[Question]) -> Votes:
    """Apply every function to every question: (n, functions).

    A text that comes again is read once, unless a function looked at what was said before it.
    """
    rules = [function.rule for function in functions]
    known: dict[str, bytes] = {}
    rows = []
    for question in questions:
        row = known.get(question.text)
        if row is None:
            row = _row(rules, question, known)
        rows.append(row)
    return np.frombuffer(b"".join(rows), dtype=np.int8).reshape(len(questions), len(rules))


def _row(rules: Sequence[Callable[[Question], int]], question: Question, known: dict[str, bytes]) -> bytes:
    """The votes on one question, a byte each; noted in ``known`` when they follow from its text alone."""
    reading = Reading(question)
    row = bytes([rule(reading) & 0xFF for rule in rules])
    if not reading.looked_back:
        known[question.text] = row
    return row


class Reading(Question):
    """A question that notices when a function looks at the turns before it."""

    def __init__(self, question: Question) -> None:
        self.__dict__.update(text=question.text, looked_back=False, before=question.context)

    @property
    def context(self) -> tuple[tuple[str, str], ...]:  # a field there
        self.__dict__["looked_back"] = True
        before: tuple[tuple[str, str], ...] = self.__dict__["before"]
        return before

    @property
    def looked_back(self) -> bool:
        return bool(self.__dict__["looked_back"])
