"""Teacher turns of MathDial's CSV (Macina et al. 2023), with what is known when they are said."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOVES = ("focus", "generic", "probing", "telling")
_TURN = re.compile(r"\s*(?P<who>[^:]{1,60}):\s*(?:\((?P<move>\w+)\))?\s*(?P<text>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Turn:
    """One marked line of a teacher.

    Attributes:
        earlier: everything said before it in the dialogue, as (said by the teacher?, text), oldest first.
        question, solution, mistaken: the problem, its worked solution and the student's; may be empty.
        move: index into ``MOVES``.
    """

    problem: str
    dialogue: str
    text: str
    earlier: tuple[tuple[bool, str], ...]
    question: str
    solution: str
    mistaken: str
    move: int

    @property
    def previous(self) -> str:
        """What the student said last; empty at the beginning."""
        return next((text for teacher, text in reversed(self.earlier) if not teacher), "")

    @property
    def own_previous(self) -> str:
        """What the teacher said last; empty at the beginning."""
        return next((text for teacher, text in reversed(self.earlier) if teacher), "")

    @property
    def position(self) -> int:
        """How many lines the teacher has said before."""
        return sum(teacher for teacher, _ in self.earlier)


def read_turns(path: Path) -> list[Turn]:
    """All non-empty teacher turns marked with one of the four moves; others are context only.

    Raises:
        SystemExit: no such turn is in the file; says what is needed.
    """
    turns: list[Turn] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.DictReader(file)):
                turns += _turns(row, number)
    except OSError as error:
        raise SystemExit(f"{path} cannot be read: {error.strerror}.") from error
    if not turns:
        raise SystemExit(
            f"{path} holds no teacher turn marked with one of {', '.join(MOVES)}; needed is MathDial's CSV "
            "with the columns qid and conversation."
        )
    return turns


def _turns(row: dict[str, str], number: int) -> list[Turn]:
    problem = (row.get("qid") or f"row-{number}").strip()
    earlier: list[tuple[bool, str]] = []
    found = []
    for part in (row.get("conversation") or "").split("|EOM|"):
        match = _TURN.match(part)
        text = " ".join(match["text"].split()) if match else ""
        if not match or not text:
            continue
        teacher, move = match["who"].strip().lower() == "teacher", (match["move"] or "").lower()
        if teacher and move in MOVES:
            found.append(
                Turn(
                    problem=problem,
                    dialogue=f"{problem}/{number}",
                    text=text,
                    earlier=tuple(earlier),
                    question=row.get("question") or "",
                    solution=row.get("ground_truth") or "",
                    mistaken=row.get("student_incorrect_solution") or "",
                    move=MOVES.index(move),
                )
            )
        earlier.append((teacher, text))
    return found


def split_by_problem(turns: Sequence[Turn], share: float, seed: int) -> tuple[list[Turn], list[Turn]]:
    """The rest, and the turns of about ``share`` of the problems, those whose digest comes first."""
    ordered = sorted({turn.problem for turn in turns}, key=lambda name: _digest(f"{seed}/{name}"))
    chosen = set(ordered[: max(1, round(share * len(ordered)))])
    return [t for t in turns if t.problem not in chosen], [t for t in turns if t.problem in chosen]


def train_and_test(train: Path, test: Path, *, seed: int) -> tuple[list[Turn], list[Turn], str]:
    """Two lists without a problem in common, and how they came about.

    Problems that both files hold are left out of the training. Where that takes most of it, as when one file
    is given twice, all turns of both are split anew, a third of the problems to test.
    """
    first, second = read_turns(train), read_turns(test)
    shared = {turn.problem for turn in first} & {turn.problem for turn in second}
    apart = [turn for turn in first if turn.problem not in shared]
    if len(apart) >= len(first) / 2:
        return apart, second, f"files, {len(shared)} shared problems left out of the training"
    union = {(turn.dialogue, turn.position, turn.text): turn for turn in [*first, *second]}
    parts = split_by_problem(list(union.values()), 1 / 3, seed)
    return *parts, "the files overlap: a third of all problems to test"


def folds(turns: Sequence[Turn], count: int) -> list[int]:
    """The fold of every turn; a problem's turns stand together, folds are of about equal size."""
    sizes: dict[str, int] = {}
    for turn in turns:
        sizes[turn.problem] = sizes.get(turn.problem, 0) + 1
    filled = [0] * count
    place = {}
    for name in sorted(sizes, key=lambda name: (-sizes[name], _digest(name))):
        place[name] = filled.index(min(filled))
        filled[place[name]] += sizes[name]
    return [place[turn.problem] for turn in turns]


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()
