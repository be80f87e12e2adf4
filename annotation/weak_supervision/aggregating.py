"""Votes into probabilities. The one place that touches Snorkel (Ratner et al. 2017) and crowd-kit.

Both models are known to go wrong: the label model with long training and with copied functions, Dawid and
Skene's (1979) where most functions vote for one type only. So the label model is fitted briefly, with a fixed
seed and on one thread; both on distinct questions, with copies counted once (``copies``); and neither is used
without being compared with a plain majority vote on gold labels (``choosing``).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import torch
from crowdkit.aggregation import DawidSkene
from numpy.typing import NDArray
from snorkel.labeling.model import LabelModel, MajorityLabelVoter

from annotation.questions import ABSTAIN
from annotation.weak_supervision.voting import Votes
from models_zoo.labels import QUESTION_TYPES

EPOCHS = 100
SEED = 20230401
ITERATIONS = 50
CLASSES = len(QUESTION_TYPES)

Probabilities = NDArray[np.float64]  # (questions, types), a row of NaN where nobody votes


def aggregates_of(votes: Votes, texts: Sequence[str]) -> dict[str, Probabilities]:
    """Every way of combining, by name, the simplest first: (n, types) each."""
    return {
        "majority_vote": majority_vote(votes),
        "label_model": label_model(votes, texts),
        "dawid_skene": dawid_skene(votes, texts),
    }


def majority_vote(votes: Votes) -> Probabilities:
    """The share of the most voted types, ties split evenly: (n, types)."""
    found = np.full((len(votes), CLASSES), np.nan)
    covered = (votes != ABSTAIN).any(axis=1)
    if covered.any():
        found[covered] = MajorityLabelVoter(cardinality=CLASSES).predict_proba(_wide(votes[covered]))
    return found


def label_model(votes: Votes, texts: Sequence[str], *, epochs: int = EPOCHS) -> Probabilities:
    """Snorkel's generative model, fitted on distinct questions without any gold label: (n, types)."""
    found = np.full((len(votes), CLASSES), np.nan)
    covered = (votes != ABSTAIN).any(axis=1)
    distinct = _distinct(texts, covered)
    if len(distinct) < 2 or votes.shape[1] < 3:  # the model's moments are undefined below that
        return majority_vote(votes)
    with _one_thread():
        model = LabelModel(cardinality=CLASSES, verbose=False)
        model.fit(_wide(votes[distinct]), n_epochs=epochs, seed=SEED, progress_bar=False)
        found[covered] = model.predict_proba(_wide(votes[covered]))
    return found


def dawid_skene(votes: Votes, texts: Sequence[str]) -> Probabilities:
    """Each function as an annotator with a confusion matrix of its own, fitted by EM: (n, types).

    Fitted on the distinct questions; what a text got there goes for all questions that read the same.
    """
    found = np.full((len(votes), CLASSES), np.nan)
    covered = (votes != ABSTAIN).any(axis=1)
    distinct = _distinct(texts, covered)
    if len(distinct) < 2:
        return majority_vote(votes)
    rows, columns = np.nonzero(votes[distinct] != ABSTAIN)
    cast = pd.DataFrame({"task": rows, "worker": columns, "label": votes[distinct][rows, columns]})
    fitted = DawidSkene(n_iter=ITERATIONS).fit(cast)
    assert fitted.probas_ is not None  # noqa: S101 (fitted above)
    whole = fitted.probas_.reindex(
        index=range(len(distinct)), columns=range(CLASSES), fill_value=0.0
    ).to_numpy()
    by_text = {texts[row].lower(): place for place, row in enumerate(distinct)}
    for row in np.flatnonzero(covered):
        found[row] = whole[by_text[texts[row].lower()]]
    return found


def _distinct(texts: Sequence[str], covered: NDArray[np.bool_]) -> list[int]:
    return sorted({text.lower(): row for row, text in enumerate(texts) if covered[row]}.values())


def _wide(votes: Votes) -> NDArray[np.int64]:
    return votes.astype(np.int64)


@contextmanager
def _one_thread() -> Iterator[None]:
    """On a busy machine a second thread makes the fit slower by orders of magnitude."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
