"""What the doubts of stored versions tell: their own errors, and lines of another world.

A side is a model store with one or more versions: trainings of one kind that differ by their seed. All read
the same lines in one pass, as they are served. A figure of a side is the mean over its versions; the interval
is of the difference between the sides, on the same resamples of lines, or of whole dialogues. Real lines are
read only, and left out where there are none.
"""

from __future__ import annotations

import csv
import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np

from benchmarks.tools.data import data_folder
from models_zoo.routing.resampling import group_resamples, interval
from models_zoo.routing.risk_coverage import Flags, Scores, auroc
from models_zoo.serving.predictor import LocalPredictor, load_predictor
from models_zoo.store import ModelStore
from models_zoo.training import Example, load_corpus, split
from models_zoo.training.evaluation import Indices, results_of, scorers_of
from models_zoo.training.mathdial import mathdial_examples
from models_zoo.types import Understanding
from simulator.engine.uncertainty import WEIGHTS, stages_of

T = TypeVar("T")
SCORES = ("accuracy", "macro_f1", "brier", "entities_f1")  # how the names of those reported end
WITHOUT_REPLY = {stage: weight for stage, weight in WEIGHTS["rule"].items() if stage != "reply"}


@dataclass(frozen=True)
class Lines:
    """What is read: held-out lines of the corpus, MathDial's moves as question types, and headlines."""

    corpus: list[Example]
    moves: list[Example]
    news: list[str]


@dataclass(frozen=True)
class Figure:
    """A score of a choice of lines; ``groups`` (n) says which are resampled together."""

    groups: Sequence[str]
    of: Callable[[Indices], float]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--one", type=Path, metavar="STORE", help="default: the shipped model")
    parser.add_argument("--other", type=Path, metavar="STORE", required=True)
    parser.add_argument("--moves", type=int, default=600, help="of MathDial's teachers, at most")
    parser.add_argument("--news", type=int, default=200, help="headlines, at most")
    parser.add_argument("--bootstrap", type=int, default=400)


def run(arguments: Namespace) -> dict[str, Any]:
    lines = _lines(arguments)
    with TemporaryDirectory() as scratch:
        if arguments.one is None:
            ModelStore(Path(scratch)).ensure_demo()
        one, other = (_side(folder, lines) for folder in (arguments.one or Path(scratch), arguments.other))
    rows = {
        name: beside([said[name] for said in one], [said[name] for said in other], arguments.bootstrap)
        for name in one[0]
    }
    return {"versions": [len(one), len(other)], "rows": rows}


def _lines(arguments: Namespace) -> Lines:
    csv.field_size_limit(10**9)
    dialogues, news = data_folder() / "mathdial" / "dialogues.csv", data_folder() / "ag_news" / "test.csv"
    moves = list(mathdial_examples(dialogues)) if dialogues.exists() else []
    titles = list(_titles(news)) if news.exists() else []
    return Lines(split(load_corpus()).held_out, _some(moves, arguments.moves), _some(titles, arguments.news))


def _titles(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row[1] for row in csv.reader(file) if len(row) > 1 and row[1].strip())


def _some(known: Sequence[T], most: int) -> list[T]:
    return random.Random(0).sample(known, min(most, len(known)))


def _side(folder: Path, lines: Lines) -> list[dict[str, Figure]]:
    store = ModelStore(folder)
    if not store.versions():
        raise SystemExit(f"No version is stored in {folder}; train one with `python -m models_zoo train`.")
    found = []
    for manifest in store.versions():
        print(f"reading with {manifest.version}", file=sys.stderr, flush=True)
        found.append(figures_of(load_predictor(store, manifest.version), lines))
    return found


def figures_of(predictor: LocalPredictor, lines: Lines) -> dict[str, Figure]:
    """How right a version is on the corpus, and the AUROC of each doubt for what it should find."""
    texts = [known.text for known in lines.corpus]
    corpus, news = predictor.understand(texts), predictor.understand(lines.news)
    moves = predictor.understand([known.text for known in lines.moves])
    alone = [str(number) for number in range(len(corpus) + len(news))]
    dialogues = [known.group for known in lines.moves]
    acts = _wrong(corpus, lines.corpus, "dialogue_act")
    types = _wrong(corpus, lines.corpus, "question_type")
    off_topic = np.array([known.dialogue_act == "None" for known in lines.corpus])
    strange = np.arange(len(alone)) >= len(corpus)
    scorers = scorers_of(results_of(predictor, lines.corpus, passes=1))
    found = {name: Figure(alone[:n], of) for name, (n, of) in scorers.items() if name.endswith(SCORES)}
    found |= _aurocs("wrong dialogue acts", corpus, "dialogue_act", acts, alone)
    found |= _aurocs("wrong question types", corpus, "question_type", types, alone)
    found |= _aurocs("off-topic lines", corpus, "dialogue_act", off_topic, alone)
    if moves:
        misread = _wrong(moves, lines.moves, "question_type")
        found |= _aurocs("moves read wrongly", moves, "question_type", misread, dialogues)
    if news:
        found |= _aurocs("news", [*corpus, *news], "dialogue_act", strange, alone)
    return found


def _wrong(read: Sequence[Understanding], known: Sequence[Example], head: str) -> Flags:
    pairs = zip(read, known, strict=True)
    return np.array([getattr(said, head).label != getattr(example, head) for said, example in pairs])


def _aurocs(
    name: str, read: Sequence[Understanding], head: str, sought: Flags, groups: Sequence[str]
) -> dict[str, Figure]:
    doubts = [getattr(said, head).uncertainty for said in read]
    values = {
        "mutual information": np.array([doubt.mutual_information for doubt in doubts]),
        "entropy": np.array([doubt.predictive_entropy for doubt in doubts]),
        "stages": np.array([_stages(said) for said in read]),
    }
    own = groups[: len(read)]
    return {f"{name}, {doubt}": Figure(own, _auroc(value, sought)) for doubt, value in values.items()}


def _auroc(doubt: Scores, sought: Flags) -> Callable[[Indices], float]:
    return lambda rows: auroc(doubt[rows], sought[rows])


def _stages(said: Understanding) -> float:
    """Noisy-or over the stages of the model, as it weighs in an answer by rule before any reply is chosen."""
    return 1.0 - prod(
        1.0 - WITHOUT_REPLY[stage.name] * stage.uncertainty
        for stage in stages_of(said, [])
        if stage.name in WITHOUT_REPLY
    )


def beside(one: Sequence[Figure], other: Sequence[Figure], bootstrap: int) -> dict[str, float]:
    """The means over two sides' versions, and the middle 95 % of other minus one."""

    def mean(side: Sequence[Figure], rows: Indices) -> float:
        return float(np.mean([figure.of(rows) for figure in side]))

    groups = one[0].groups
    everything = np.arange(len(groups))
    drawn = group_resamples(groups, times=bootstrap)
    low, high = interval(lambda rows: mean(other, rows) - mean(one, rows), drawn)
    found = {"one": mean(one, everything), "other": mean(other, everything), "low": low, "high": high}
    return {name: round(value, 4) for name, value in found.items()}
