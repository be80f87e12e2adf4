"""Builds ``teacher_utterances.jsonl`` from the hand-written lines and the grammar.

A hand-written file has headings ``## dialogue act | question type``, one utterance a line below them, and
comments that start with a single ``#``. Run it by ``python -m models_zoo corpus`` after a change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models_zoo.corpora import grammar
from models_zoo.corpora.lexicon import entity_spans
from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES

HERE = Path(__file__).parent
OUTPUT = HERE / "teacher_utterances.jsonl"
GRAMMAR_WEIGHT = 0.3  # siblings of one frame say little new each


class CorpusError(ValueError):
    """A hand-written file that cannot be read; the message names file and line."""


def handwritten_lines(path: Path) -> Iterator[grammar.Line]:
    """Text, dialogue act, question type and group of every line; each line is a group of its own."""
    act = question_type = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("## "):
            act, _, question_type = line[3:].partition(" | ")
            if act not in DIALOGUE_ACTS or question_type not in QUESTION_TYPES:
                raise CorpusError(f"{path.name}, line {number}: {line[3:]!r} is no pair of known labels.")
        elif line.strip() and not line.startswith("#"):
            if not act:
                raise CorpusError(f"{path.name}, line {number}: an utterance before the first heading.")
            text = line.strip()
            yield text, act, question_type, f"handwritten/{path.stem}/{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def rows(seed: int = 0) -> Iterator[dict[str, Any]]:
    """The corpus, one JSON object an utterance."""
    seen: set[str] = set()
    for path in sorted((HERE / "handwritten").glob("*.txt")):
        for line in handwritten_lines(path):
            if line[0].lower() not in seen:
                seen.add(line[0].lower())
                yield _row(line, weight=1.0)
    for line in grammar.lines(seed):
        if line[0].lower() not in seen:
            yield _row(line, weight=GRAMMAR_WEIGHT)


def _row(line: grammar.Line, weight: float) -> dict[str, Any]:
    text, act, question_type, group = line
    return {
        "text": text,
        "dialogue_act": act,
        "question_type": question_type,
        "entities": [list(span) for span in entity_spans(text)],
        "weight": weight,
        "group": group,
    }


def corpus_text(seed: int = 0) -> str:
    """The file's content."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(seed))


def build(output: Path = OUTPUT) -> int:
    """Write the corpus; returns the number of utterances."""
    text = corpus_text()
    output.write_text(text, encoding="utf-8")
    return text.count("\n")
