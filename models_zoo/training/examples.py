"""Labelled utterances: what the models learn from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from models_zoo.encoding import Span

CORPUS = Path(__file__).parent.parent / "corpora" / "teacher_utterances.jsonl"
SPLIT_SEED = 1  # of the corpus: what it holds out has never trained a shipped model
GENERATED = "grammar/"  # groups of this prefix come from the grammar and are never held out


@dataclass(frozen=True)
class Example:
    """An utterance with its labels; a label of None leaves that head untouched by this example.

    Attributes:
        entities: (first character, one past the last, kind) of every entity.
        weight: factor of its loss.
        group: examples of one group never end up on both sides of a split.
    """

    text: str
    dialogue_act: str | None
    question_type: str | None
    entities: tuple[Span, ...] | None
    weight: float = 1.0
    group: str = ""


class Split(NamedTuple):
    """Two lists without a group or a text in common."""

    train: list[Example]
    held_out: list[Example]


def load_corpus() -> list[Example]:
    """The project's own teacher utterances, hand-written ones and generated ones."""
    with CORPUS.open(encoding="utf-8") as lines:
        return [_example(json.loads(line)) for line in lines]


def _example(row: dict[str, object]) -> Example:
    return Example(
        text=str(row["text"]),
        dialogue_act=str(row["dialogue_act"]),
        question_type=str(row["question_type"]),
        entities=tuple((start, end, kind) for start, end, kind in row["entities"]),  # type: ignore[attr-defined]
        weight=float(str(row["weight"])),
        group=str(row["group"]),
    )


def split(examples: Sequence[Example], seed: int = SPLIT_SEED, *, held_out_share: float = 0.2) -> Split:
    """Hold out whole groups, those whose digest comes first; generated lines always train.

    A group's digest does not depend on the other groups, so what is held out stays so, but for a few, when
    examples are added. A training line that repeats a held-out text, but for case and spaces, is dropped.
    """
    groups = {example.group for example in examples if not example.group.startswith(GENERATED)}
    ordered = sorted(groups, key=lambda group: hashlib.sha256(f"{seed}/{group}".encode()).digest())
    chosen = set(ordered[: round(len(ordered) * held_out_share)])
    held_out = [example for example in examples if example.group in chosen]
    seen = {normalised(example.text) for example in held_out}
    train = [
        example
        for example in examples
        if example.group not in chosen and normalised(example.text) not in seen
    ]
    return Split(train, held_out)


def normalised(text: str) -> str:
    """Lower case, single spaces: what makes two utterances the same text."""
    return " ".join(text.lower().split())
