"""The four tasks: three of GLUE (Wang et al. 2019) as plain files, and the moves of MathDial's teachers."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models_zoo.training.mathdial import mathdial_examples


@dataclass(frozen=True, slots=True)
class Row:
    """One example. Rows of one ``group`` (a dialogue) are resampled together."""

    first: str
    second: str | None
    target: str
    group: str


@dataclass(frozen=True, slots=True)
class Task:
    """What to learn and what to be scored on; ``labels`` is empty for a regression."""

    name: str
    labels: tuple[str, ...]
    train: tuple[Row, ...]
    test: tuple[Row, ...]

    @property
    def metric(self) -> str:
        return "accuracy" if self.labels else "spearman"

    def targets(self, rows: Sequence[Row]) -> list[float]:
        """Class numbers, or the scores themselves."""
        return [float(self.labels.index(row.target) if self.labels else row.target) for row in rows]

    def digest(self) -> str:
        """Changes whenever a row that is trained or scored on does."""
        rows = [[(row.first, row.second, row.target) for row in part] for part in (self.train, self.test)]
        return hashlib.sha256(json.dumps([self.labels, rows]).encode()).hexdigest()[:16]


GLUE_FILES = {
    "mrpc": ("mrpc_train.txt", "mrpc_test.txt"),
    "stsb": ("stsb_train.csv", "stsb_dev.csv"),
    "sst2": ("sst2_train.tsv", "sst2_dev.tsv"),
}
NAMES = (*GLUE_FILES, "mathdial")


def load_task(name: str, *, glue: Path, mathdial: Path, train: int, test: int) -> Task:
    """Draw ``train`` texts and ``test`` rows, the same ones in every run over the same files.

    Args:
        train: a row of two texts counts twice, so that every task takes about as long.

    Raises:
        SystemExit: a file is missing, or holds no row of the format that is expected.
    """
    if name == "mathdial":
        parts = _mathdial_parts(mathdial)
    else:
        train_file, test_file = GLUE_FILES[name]
        parts = (_read(name, glue / train_file), _read(name, glue / test_file))
    labels = () if name == "stsb" else tuple(sorted({row.target for row in parts[0]}))
    known = [row for row in parts[1] if not labels or row.target in labels]
    texts = 1 if parts[0][0].second is None else 2
    return Task(name, labels, _drawn(parts[0], train // texts), _drawn(known, test))


def _drawn(rows: Sequence[Row], count: int) -> tuple[Row, ...]:
    return tuple(random.Random(0).sample(list(rows), min(count, len(rows))))


def _read(name: str, path: Path) -> list[Row]:
    reader: Callable[[Iterable[str]], Iterator[Row]] = {"mrpc": _mrpc, "stsb": _stsb, "sst2": _sst2}[name]
    return list(reader(_lines(path)))


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise SystemExit(f"{path} is missing; name the folder of the GLUE files with --glue or ACTS_DATA.")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    if not lines:
        raise SystemExit(f"{path} is empty.")
    return lines


def _cells(rows: Iterable[list[str]], count: int, source: str) -> Iterator[list[str]]:
    """The rows with at least ``count`` cells; says how many others were left out."""
    left_out = 0
    for row in rows:
        if len(row) >= count and all(cell.strip() for cell in row[:count]):
            yield row
        elif any(cell.strip() for cell in row):
            left_out += 1
    if left_out:
        print(f"{source}: {left_out} rows of another format left out", file=sys.stderr)


def _mrpc(lines: Iterable[str]) -> Iterator[Row]:
    """Quality, two ids, two sentences, tabs between them; quotation marks are part of the text."""
    rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, (label, _, _, first, second) in enumerate(row[:5] for row in _cells(rows, 5, "MRPC")):
        if label in ("0", "1"):  # not the heading
            yield Row(first, second, label, f"{number}")


def _stsb(lines: Iterable[str]) -> Iterator[Row]:
    """Two sentences and a similarity from 0 to 5, in CSV."""
    for number, (first, second, score) in enumerate(row[:3] for row in _cells(csv.reader(lines), 3, "STS-B")):
        try:
            yield Row(first, second, str(float(score)), f"{number}")
        except ValueError:
            continue  # a heading


def _sst2(lines: Iterable[str]) -> Iterator[Row]:
    """A sentence, a tab, 0 or 1."""
    rows = (line.rsplit("\t", 1) for line in lines)
    for number, (text, label) in enumerate(row[:2] for row in _cells(rows, 2, "SST-2")):
        if label.strip() in ("0", "1"):
            yield Row(text, None, label.strip(), f"{number}")


def _mathdial_parts(path: Path) -> tuple[list[Row], list[Row]]:
    """A quarter of the dialogues to score on; with no problem, hence no dialogue about it, on both sides."""
    if not path.is_file():
        raise SystemExit(f"{path} is missing; name MathDial's dialogues with --mathdial or ACTS_DATA.")
    parts: tuple[list[Row], list[Row]] = ([], [])
    for example in mathdial_examples(path):
        held_out = hashlib.sha256(example.group.encode()).digest()[0] < 64
        parts[held_out].append(Row(example.text, None, str(example.question_type), example.group))
    if not all(parts):
        raise SystemExit(f"{path} holds too few marked teacher turns to train and score on.")
    return parts
