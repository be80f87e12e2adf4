"""What the wording of a turn and its dialogue give away without any model: about 70 numbers a turn."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.data import Turn

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_WORD = re.compile(r"[a-z]+")
# Phrases that teachers use for one move more than for another; a model weighs them.
PHRASES = (
    *("why", "how", "what", "where", "which", "when", "can you", "could you", "do you", "does", "are you"),
    *("explain", "remember", "read", "check", "calculate", "think", "tell me", "talk me", "walk me", "need"),
    *(
        "should",
        "would",
        "instead",
        "but",
        "because",
        "so ",
        "if ",
        "let's",
        "no ",
        "yes",
        "right",
        "is that",
    ),
    *("well done", "good", "great", "correct", "not quite"),
)
STUDENT_PHRASES = ("oh", "sorry", "you're right", "thank", "i see", "yes", "no", "so the", "i think")


def surface(turns: list[Turn]) -> NDArray[np.float64]:
    """Lengths, numbers and where they come from, shared words, position, phrases: (n, features)."""
    return np.array([_row(turn) for turn in turns], dtype=np.float64)


def _row(turn: Turn) -> list[float]:
    text, student = turn.text.lower(), turn.previous.lower()
    return [
        *_shape(text),
        *_numbers(turn, text, student),
        *_dialogue(turn, text, student),
        *(float(phrase in text) for phrase in PHRASES),
        *(float(phrase in student[:60]) for phrase in STUDENT_PHRASES),
    ]


def _shape(text: str) -> list[float]:
    return [
        float(np.log1p(len(text.split()))),
        float(np.log1p(len(text))),
        text.count("?"),
        float(text.endswith("?")),
        float("?" in text),
        text.count("!"),
        text.count("."),
        text.count("="),
        float(any(sign in text for sign in "=+*/x-")),
    ]


def _numbers(turn: Turn, text: str, student: str) -> list[float]:
    """Which of the turn's numbers the problem, the solution or the student had named before."""
    here, said = numbers_in(text), numbers_in(student)
    asked, solved, mistaken = map(numbers_in, (turn.question, turn.solution, turn.mistaken))
    last = _NUMBER.findall(turn.solution.rstrip().split("\n")[-1])
    answer = {last[-1].replace(",", "")} if last else set()
    return [
        len(here),
        len(here & asked),
        len(here & solved),
        len(here & said),
        len(here & mistaken),
        len(here - asked - said),
        len((here & solved) - asked - said),
        float(bool(answer & here)),
        float(bool(answer & said)),
        len(said),
    ]


def _dialogue(turn: Turn, text: str, student: str) -> list[float]:
    words, theirs = set(_WORD.findall(text)), set(_WORD.findall(student))
    asked, own = set(_WORD.findall(turn.question.lower())), set(_WORD.findall(turn.own_previous.lower()))
    size = max(1, len(words))
    position = turn.position
    return [
        min(position, 8) / 8,
        float(position == 0),
        float(position == 1),
        float(position >= 6),
        float(np.log1p(len(student.split()))),
        float("?" in student),
        len(words & theirs) / size,
        len(words & asked) / size,
        len(words - theirs - asked) / size,
        len(words & own) / size,
    ]


def numbers_in(text: str) -> set[str]:
    return {found.replace(",", "") for found in _NUMBER.findall(text)}
