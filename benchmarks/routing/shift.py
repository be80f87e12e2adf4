"""Doubts where the ground moves: misspelt and cut turns, other corpora, lines that are no teaching at all."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.routing.data import Turn
from benchmarks.routing.doubts import single_scores
from benchmarks.routing.machine import Machine, Prepared, prepare
from benchmarks.routing.network import FrozenLayers
from benchmarks.routing.served import Served
from benchmarks.tools.data import data_folder
from models_zoo.routing.risk_coverage import aurc, auroc

Values = NDArray[np.float64]
FOREIGN = 400  # turns of each foreign corpus, drawn with a fixed seed
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def figures(base: FrozenLayers, machine: Machine, served: Served, test: Prepared) -> dict[str, Any]:
    """Errors found on damaged turns; and how well each doubt tells the test's turns from foreign ones."""
    found: dict[str, Any] = {}
    for name, damage in {"typos": typos, "cut": cut}.items():
        damaged = prepare(base, [replace(turn, text=damage(turn.text)) for turn in test.turns])
        answers, scores = _scores(served, machine, damaged)
        wrong = answers.argmax(1) != damaged.labels
        found[name] = {
            "accuracy": round(1 - float(wrong.mean()), 4),
            "auroc": {score: round(auroc(values, wrong), 4) for score, values in scores.items()},
            "aurc": {score: round(aurc(values, wrong), 4) for score, values in scores.items()},
        }
    _answers, known = _scores(served, machine, test)
    for name, texts in foreign().items():
        strange = prepare(base, [_said(text, number) for number, text in enumerate(texts)])
        _answers, scores = _scores(served, machine, strange)
        flags = np.r_[np.zeros(len(test.turns), dtype=bool), np.ones(len(texts), dtype=bool)]
        found[name] = {
            "turns": len(texts),
            "told_apart": {
                score: round(auroc(np.r_[known[score], values], flags), 4) for score, values in scores.items()
            },
        }
    return found


def _scores(served: Served, machine: Machine, asked: Prepared) -> tuple[Values, dict[str, Values]]:
    """The served answers' probabilities and every doubt about them."""
    reading = machine.read(asked)
    look = served.look(reading, asked.turns)
    answers = served.answers(look)
    return answers, single_scores(reading, answers) | {"joint": served.risks(reading, look, asked.turns)}


def typos(text: str) -> str:
    """One letter in twelve left out, doubled, swapped with the next or replaced; the text fixes which."""
    generator, letters = random.Random(text), list(text)
    for place in range(len(letters)):
        if not letters[place].isalpha() or generator.random() > 1 / 12:
            continue
        kind = generator.randrange(4)
        if kind == 3 and place + 1 < len(letters):
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        else:
            letters[place] = ("", 2 * letters[place], generator.choice(LETTERS))[kind % 3]
    return "".join(letters)


def cut(text: str) -> str:
    """The first half of the words, as when somebody presses enter too early."""
    words = text.split()
    return " ".join(words[: max(1, len(words) // 2)])


def foreign() -> dict[str, list[str]]:
    """Texts of other worlds that are on this machine; a corpus that is missing is left out."""
    readers: dict[str, Callable[[Path], Iterator[str]]] = {
        "cima/dataset.json": _cima,
        "talkmoves/transcripts.csv": _talkmoves,
        "ag_news/test.csv": _news,
    }
    found = {}
    for place, reader in readers.items():
        path = data_folder() / place
        if path.exists():
            texts = sorted({text for text in reader(path) if text.strip()})
            found[place.partition("/")[0]] = random.Random(0).sample(texts, min(FOREIGN, len(texts)))
    return found


def _cima(path: Path) -> Iterator[str]:
    """Tutors' lines about Italian words and grammar."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for exercise in (one for part in content.values() for one in part.values()):
        yield from exercise.get("tutorResponses", [])


def _talkmoves(path: Path) -> Iterator[str]:
    """Teachers' sentences in real classrooms: mathematics, but spoken to a class. Evaluation only."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            cells = {(key or "").strip().lower(): value or "" for key, value in row.items()}
            if cells.get("speaker", "").strip().upper().startswith("T"):
                yield cells.get("sentence", "")


def _news(path: Path) -> Iterator[str]:
    """Headlines: nothing that a teacher would say."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) > 1:
                yield row[1]


def _said(text: str, number: int) -> Turn:
    return Turn("foreign", f"foreign/{number}", text, (), "", "", "", 0)
