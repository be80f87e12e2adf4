"""Where the ground moves: damaged turns, other corpora with marked moves, and lines that are no teaching.

The other corpora mark other things than MathDial. Only marks that say which of MathDial's moves a turn can
be are used, and a mark may allow two; this mapping is an approximation of the project's own.
"""

from __future__ import annotations

import ast
import csv
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.data import MOVES, Turn
from benchmarks.shift.damage import cut, typos
from benchmarks.tools.data import data_folder
from simulator.engine.scope.lines import read_lines

# CIMA's tutors (question, hint, correction, confirmation); turns with one mark alone.
CIMA_MOVES = (("probing", "focus"), ("telling",), ("telling",), ("generic",))
TALKMOVES = {
    "press for accuracy": ("focus",),
    "press for reasoning": ("probing",),
    "getting students to relate": ("probing",),
}


@dataclass(frozen=True)
class Condition:
    """Turns with the moves that each may be, (n, C); none may be where a turn is no teaching at all."""

    name: str
    turns: tuple[Turn, ...]
    allowed: NDArray[np.bool_]

    @property
    def slug(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())

    @property
    def groups(self) -> list[str]:
        """What is resampled as a whole."""
        return [turn.dialogue for turn in self.turns]

    @property
    def foreign(self) -> bool:
        """No answer to these turns is right; the question is whether they are told apart."""
        return not self.allowed.any()


def conditions(test: Sequence[Turn], *, most: int) -> list[Condition]:
    """All as they are; then about ``most`` turns damaged, of other corpora that are here, and strangers."""
    damages: dict[str, Callable[[str], str]] = {
        "typos, 1 letter in 12": typos,
        "typos, 1 letter in 4": partial(typos, every=4),
        "cut in half": cut,
    }
    found = [_marked("held-out problems", test)]
    some = _whole_dialogues(test, most)
    for name, damage in damages.items():
        found.append(_marked(name, [replace(turn, text=damage(turn.text)) for turn in some]))
    readers: dict[str, tuple[str, Callable[[Path], Iterator[tuple[Turn, tuple[str, ...]]]]]] = {
        "TalkMoves, marked turns": ("talkmoves/transcripts.csv", _talkmoves),
        "CIMA, marked turns": ("cima/dataset.json", _cima),
        "news": ("ag_news/test.csv", _news),
    }
    for name, (place, reader) in readers.items():
        path = data_folder() / place
        if path.exists():
            found.append(_drawn(name, list(reader(path)), most))
    lines = [line.text for line in read_lines("lines") if line.text.strip()]
    strangers = [_alone(text, number) for number, text in enumerate(lines)]
    return [*found, _drawn("strangers to any rehearsal", [(turn, ()) for turn in strangers], most)]


def _marked(name: str, turns: Sequence[Turn]) -> Condition:
    return Condition(name, tuple(turns), np.eye(len(MOVES), dtype=bool)[[turn.move for turn in turns]])


def _whole_dialogues(turns: Sequence[Turn], most: int) -> list[Turn]:
    """The turns of the first dialogues of a shuffled list, so many that about ``most`` turns are in them."""
    order = sorted({turn.dialogue for turn in turns})
    random.Random(0).shuffle(order)
    chosen: list[Turn] = []
    for dialogue in order:
        if len(chosen) >= most:
            break
        chosen += [turn for turn in turns if turn.dialogue == dialogue]
    return chosen


def _drawn(name: str, known: Sequence[tuple[Turn, tuple[str, ...]]], most: int) -> Condition:
    """``most`` of the turns, drawn with a fixed seed, with the moves that each may be."""
    chosen = random.Random(0).sample(known, min(most, len(known)))
    allowed = np.array([[move in moves for move in MOVES] for _turn, moves in chosen])
    return Condition(name, tuple(turn for turn, _moves in chosen), allowed)


def _talkmoves(path: Path) -> Iterator[tuple[Turn, tuple[str, ...]]]:
    """Teachers' sentences in real classrooms: mathematics, but spoken to a class. Evaluation only."""
    before: tuple[tuple[bool, str], ...] = ()
    lesson = ""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["transcript"] != lesson:
                lesson, before = row["transcript"], ()
            text, teacher = " ".join(row["sentence"].split()), row["speaker"].strip().upper().startswith("T")
            mark = " ".join(row["teacher_tag"].lower().split()).partition(" - ")[2]
            if teacher and text and mark in TALKMOVES:
                yield Turn("talkmoves", f"talkmoves/{lesson}", text, before, "", "", "", 0), TALKMOVES[mark]
            before = (*before[-5:], (teacher, text))


def _cima(path: Path) -> Iterator[tuple[Turn, tuple[str, ...]]]:
    """Tutors' lines about Italian words and grammar."""
    for part, exercises in json.loads(path.read_text(encoding="utf-8")).items():
        for number, exercise in exercises.items():
            said = exercise["past_convo"]
            lines = ast.literal_eval(said) if isinstance(said, str) else said
            before = tuple((place % 2 == 0, line) for place, line in enumerate(lines))
            for text, marks in zip(exercise["tutorResponses"], exercise["tutorActions"], strict=True):
                if sum(marks) == 1 and not marks[-1] and text.strip():
                    turn = Turn("cima", f"cima/{part}/{number}", text, before, "", "", "", 0)
                    yield turn, CIMA_MOVES[marks.index(True)]


def _news(path: Path) -> Iterator[tuple[Turn, tuple[str, ...]]]:
    """Headlines: nothing that a teacher would say."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            if len(row) > 1 and row[1].strip():
                yield _alone(row[1], number), ()


def _alone(text: str, number: int) -> Turn:
    return Turn("foreign", f"foreign/{number}", text, (), "", "", "", 0)
