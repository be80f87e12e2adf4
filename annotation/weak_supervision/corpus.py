"""Votes on corpora: in processes on this machine, or through Ray Data on many. The same functions, unchanged.

What travels to a worker are texts, and what comes back is a byte for each vote; a worker finds the functions
of the repository by itself and loads no tensor library.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from annotation.labelling_functions import FUNCTIONS
from annotation.questions import Question
from annotation.weak_supervision.voting import Votes, votes_of

if TYPE_CHECKING:  # of the extra `cluster`
    from ray.data import Dataset

CHUNK = 2000


def corpus_votes(texts: Iterable[str], *, processes: int | None = None) -> Votes:
    """The repository's functions on every text: (n, functions).

    Args:
        texts: read as they are needed, a chunk for each process.
        processes: default, one a core.
    """
    workers = processes or os.cpu_count() or 1
    if workers == 1:
        found = [text_votes(chunk) for chunk in _chunks(texts)]
    else:
        # Spawned: a fork would copy whatever threads and locks the caller holds.
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            found = list(pool.imap(text_votes, _chunks(texts)))
    return np.concatenate([np.empty((0, len(FUNCTIONS)), dtype=np.int8), *found])


def dataset_votes(dataset: Dataset, *, text: str = "text") -> Dataset:
    """A Ray data set with one more column for each function, its votes as int8.

    Args:
        text: the column that holds the utterances.
    """

    def vote(batch: dict[str, Any]) -> dict[str, Any]:
        votes = text_votes([str(each) for each in batch[text]])
        return {**batch, **{each.name: votes[:, place] for place, each in enumerate(FUNCTIONS)}}

    return dataset.map_batches(vote, batch_format="numpy", batch_size=CHUNK)


def text_votes(texts: Sequence[str]) -> Votes:
    """(n, functions), of texts that nothing was said before."""
    return votes_of(FUNCTIONS, [Question(text.strip()) for text in texts])


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(texts)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
