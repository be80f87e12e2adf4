"""The one place that touches Snorkel (Ratner et al. 2017).

The label model is known to get worse with long training and with copied rules. So it is fitted briefly, with
a fixed seed and on one thread, on distinct questions only, and never used without being compared with a plain
majority vote on gold labels; see `services.weak_labels`.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from snorkel.labeling import LabelingFunction, LFAnalysis, LFApplier
from snorkel.labeling import labeling_function as snorkel_labeling_function
from snorkel.labeling.model import LabelModel, MajorityLabelVoter

from annotation.questions import ABSTAIN, Question
from models_zoo.labels import QUESTION_TYPES

EPOCHS = 100
SEED = 20230401
CLASSES = len(QUESTION_TYPES)
COPY_AGREEMENT = 0.98  # two functions that agree so often where either votes count as one rule written twice

Votes = NDArray[np.int64]  # (questions, functions), ABSTAIN where a function is silent
Probabilities = NDArray[np.float64]  # (questions, types), a row of NaN where nobody votes


def labelling_function(rule: Callable[[Question], int]) -> LabelingFunction:
    """Turn ``rule`` into a Snorkel labelling function that keeps its name and its docstring."""
    function: LabelingFunction = snorkel_labeling_function()(rule)
    function.description = " ".join((rule.__doc__ or "").split())
    return function


def votes_of(functions: Sequence[LabelingFunction], questions: Sequence[Question]) -> Votes:
    """Apply every function to every question: (n, functions)."""
    if not questions:
        return np.empty((0, len(functions)), dtype=np.int64)
    return np.asarray(LFApplier(list(functions)).apply(list(questions), progress_bar=False), dtype=np.int64)


def majority_vote(votes: Votes) -> Probabilities:
    """The share of the most voted types, ties split evenly: (n, types)."""
    found = np.full((len(votes), CLASSES), np.nan)
    covered = (votes != ABSTAIN).any(axis=1)
    if covered.any():
        found[covered] = MajorityLabelVoter(cardinality=CLASSES).predict_proba(votes[covered])
    return found


def label_model(votes: Votes, texts: Sequence[str]) -> Probabilities:
    """Snorkel's generative model, fitted on distinct questions without any gold label: (n, types)."""
    found = np.full((len(votes), CLASSES), np.nan)
    covered = (votes != ABSTAIN).any(axis=1)
    distinct = sorted({text.lower(): row for row, text in enumerate(texts) if covered[row]}.values())
    if len(distinct) < 2 or votes.shape[1] < 3:  # the model's moments are undefined below that
        return majority_vote(votes)
    with _one_thread():
        model = LabelModel(cardinality=CLASSES, verbose=False)
        model.fit(votes[distinct], n_epochs=EPOCHS, seed=SEED, progress_bar=False)
        found[covered] = model.predict_proba(votes[covered])
    return found


@contextmanager
def _one_thread() -> Iterator[None]:
    """On a busy machine a second thread makes the fit slower by orders of magnitude."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@dataclass(frozen=True, slots=True)
class FunctionFigures:
    """How one labelling function fares; shares of all questions, accuracy on the gold ones it votes on."""

    name: str
    description: str
    votes_for: tuple[str, ...]
    coverage: float
    overlaps: float
    conflicts: float
    gold: int
    accuracy: float | None
    copies: tuple[str, ...]  # functions that say nearly the same wherever either votes

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def figures_of(functions: Sequence[LabelingFunction], votes: Votes, gold: Votes) -> list[FunctionFigures]:
    """Statistics of each function.

    Args:
        gold: (n,), the expert's type, or ABSTAIN where there is none.
    """
    if not len(votes):
        votes = np.full((1, len(functions)), ABSTAIN)
        gold = np.full(1, ABSTAIN)
    analysis = LFAnalysis(votes)
    with warnings.catch_warnings():  # of SciPy, at how Snorkel calls it; the figures are right
        warnings.simplefilter("ignore", FutureWarning)
        overlaps, conflicts = analysis.lf_overlaps(), analysis.lf_conflicts()
        coverage = analysis.lf_coverages()
    found = []
    for column, function in enumerate(functions):
        judged = (votes[:, column] != ABSTAIN) & (gold != ABSTAIN)
        right = votes[judged, column] == gold[judged]
        classes = sorted(set(votes[votes[:, column] != ABSTAIN, column].tolist()))
        found.append(
            FunctionFigures(
                name=function.name,
                description=function.description,
                votes_for=tuple(QUESTION_TYPES[label] for label in classes),
                coverage=float(coverage[column]),
                overlaps=float(overlaps[column]),
                conflicts=float(conflicts[column]),
                gold=int(judged.sum()),
                accuracy=float(right.mean()) if len(right) else None,
                copies=tuple(functions[other].name for other in _copies(votes, column)),
            )
        )
    return found


def _copies(votes: Votes, column: int) -> list[int]:
    mine = votes[:, column]
    found = []
    for other in range(votes.shape[1]):
        either = (mine != ABSTAIN) | (votes[:, other] != ABSTAIN)
        if (
            other != column
            and either.sum() >= 10
            and (mine == votes[:, other])[either].mean() >= COPY_AGREEMENT
        ):
            found.append(other)
    return found
