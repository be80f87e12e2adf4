"""Made-up dialogues in MathDial's format, whose moves can be told from their words most of the time."""

import csv
import random
from pathlib import Path

import pytest

LINES = {
    "generic": ("Hi there, how are you?", "Well done!", "Great job, bye.", "Thank you."),
    "focus": ("How many apples are left?", "What is {a} plus {b}?", "Which number comes first?"),
    "probing": ("Why did you add {a}?", "Can you explain how you got {b}?", "How do you know?"),
    "telling": ("You should subtract {a}.", "Remember that it is {b}.", "No, the answer is {a}."),
}


def write_dialogues(path: Path, problems: int, *, first: int = 0, turns: int = 4) -> Path:
    draw = random.Random(first)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["qid", "question", "ground_truth", "student_incorrect_solution", "conversation"])
        for problem in range(first, first + problems):
            spoken = []
            for _ in range(turns):
                move = draw.choice(list(LINES))
                said = draw.choice(LINES[draw.choice([move] * 5 + list(LINES))])
                spoken.append(f"Teacher: ({move}){said.format(a=draw.randint(2, 9), b=draw.randint(2, 9))}")
                spoken.append(f"Sam: I think it is {draw.randint(2, 9)}.")
            writer.writerow([problem, "What is 4 and 5?", "It is 9\n 9", "8", "|EOM|".join(spoken)])
    return path


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    return write_dialogues(tmp_path / "dialogues.csv", 60)
