"""Real teachers, for scoring only: the teacher turns of MathDial (Macina et al. 2023).

MathDial marks a teacher's move, not an IQA type. Reading a probing turn as Probing and Exploring, a focusing
one as Procedural and Factual, a telling one as Expository and Cueing and a generic one as Other is this
project's own approximation: a figure on it says how the model carries over to real wording, not how well it
would do against IQA raters. Its text never enters the project or the shipped model.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

from models_zoo.training.examples import Example

DATA_VARIABLE = "ACTS_DATA"
DEFAULT_DATA = Path(__file__).parents[3] / "shared" / "data"
TURN_SEPARATOR = "|EOM|"
QUESTION_TYPE_OF_MOVE = {
    "probing": "Probing and Exploring",
    "focus": "Procedural and Factual",
    "telling": "Expository and Cueing",
    "generic": "Other",
}

_TEACHER_TURN = re.compile(r"\s*Teacher:\s*\((\w+)\)\s*(.*)", re.DOTALL)


def mathdial_file() -> Path:
    """Where the dialogues lie: ``$ACTS_DATA``, else the shared data beside the project's root.

    Raises:
        FileNotFoundError: nowhere; the message names the variable.
    """
    path = Path(os.environ.get(DATA_VARIABLE, DEFAULT_DATA)) / "mathdial" / "dialogues.csv"
    if not path.is_file():
        raise FileNotFoundError(
            f"No MathDial dialogues at {path}; point ${DATA_VARIABLE} to the data folder."
        )
    return path


def mathdial_examples(path: Path) -> Iterator[Example]:
    """The marked, non-empty teacher turns with the question type of their move; a dialogue is a group."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for move, text in mathdial_turns(row["conversation"]):
                yield Example(text, None, QUESTION_TYPE_OF_MOVE[move], None, group=row["qid"])


def mathdial_turns(conversation: str) -> Iterator[tuple[str, str]]:
    """Move and text of the marked, non-empty teacher turns of one dialogue."""
    for turn in conversation.split(TURN_SEPARATOR):
        marked = _TEACHER_TURN.match(turn)
        if marked and marked[1] in QUESTION_TYPE_OF_MOVE and marked[2].strip():
            yield marked[1], marked[2].strip()
