"""Real tutors' lines about other things than the scenario's: for scoring only."""

from __future__ import annotations

import ast
import csv
import json
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from models_zoo.training.mathdial import mathdial_turns
from simulator.engine.scope.signs import words_of
from simulator.student.errors import ScenarioError
from simulator.student.importing import scenario_from_mathdial
from simulator.student.schema import Scenario

COMMON = 300  # words that teachers use most name no problem
SHORTEST = 4


@dataclass(frozen=True)
class RealLine:
    """A tutor's line, the dialogue it comes from, and its own scenario where there is one."""

    text: str
    group: str
    scenario: Scenario | None = None
    names_problem: bool = False


def mathdial_lines(path: Path, *, most: int, seed: int = 0) -> list[RealLine]:
    """Teacher turns, each with its problem's scenario and whether it has an uncommon word of the problem."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    said = [(row, [text for _move, text in mathdial_turns(row["conversation"])]) for row in rows]
    counts = Counter(word for _row, texts in said for text in texts for word in words_of(text))
    common = {word for word, _count in counts.most_common(COMMON)}
    lines: list[RealLine] = []
    for number, (row, texts) in enumerate(said):
        try:
            scenario = scenario_from_mathdial(row)
        except ScenarioError:
            continue
        problem = {word for word in words_of(row["question"]) if len(word) >= SHORTEST} - common
        lines += [
            RealLine(text, f"{row['qid']}/{number}", scenario, bool(problem & set(words_of(text))))
            for text in texts
        ]
    return _some(lines, most, seed)


def cima_lines(path: Path, *, most: int, seed: int = 0) -> list[RealLine]:
    """What tutors of Italian said, each exercise a group."""
    parts = json.loads(path.read_text(encoding="utf-8"))
    lines = [
        RealLine(text.strip(), f"{name}/{key}")
        for name, exercises in parts.items()
        for key, exercise in exercises.items()
        for text in _list(exercise.get("tutorResponses", "[]"))
        if text.strip()
    ]
    return _some(list({line.text: line for line in lines}.values()), most, seed)


def _list(value: str | list[str]) -> list[str]:
    found = ast.literal_eval(value) if isinstance(value, str) else value
    return [str(one) for one in found]


def _some(lines: list[RealLine], most: int, seed: int) -> list[RealLine]:
    chooser = random.Random(seed)
    return lines if len(lines) <= most else chooser.sample(lines, most)
