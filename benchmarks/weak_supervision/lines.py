"""Lines as teachers write them, as many as are wanted."""

from __future__ import annotations

import random
import re

from annotation.importing.mathdial import TURN
from benchmarks.tools.data import data_file
from simulator.rehearsal.dialogues import read_dialogues

SENTENCE = re.compile(r"[^.!?]+[.!?]*\s*")
NUMBER = re.compile(r"\d+")


def lines(count: int, *, seed: int) -> list[str]:
    """Each of one or two sentences of real turns, its numbers drawn anew."""
    draw = random.Random(seed)
    dialogues = read_dialogues(data_file("mathdial", "dialogues.csv"))
    turns = [exchange.asked for dialogue in dialogues for exchange in dialogue.exchanges]
    sentences = [each.strip() for turn in turns for each in SENTENCE.findall(_said(turn)) if each.strip()]
    return [_line(sentences, draw) for _ in range(count)]


def _said(turn: str) -> str:
    found = TURN.match(turn)
    return found["text"] if found else turn


def _line(sentences: list[str], draw: random.Random) -> str:
    chosen = draw.choices(sentences, k=draw.choice((1, 2, 2)))
    return NUMBER.sub(lambda _old: str(draw.randint(2, 999)), " ".join(chosen))
