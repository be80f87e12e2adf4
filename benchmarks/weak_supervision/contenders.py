"""Ours in processes and through Ray Data; Snorkel's pandas and Dask appliers, if they are installed."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from annotation.labelling_functions import FUNCTIONS
from annotation.labelling_functions.function import LabellingFunction
from annotation.questions import ABSTAIN, Question
from annotation.weak_supervision.corpus import corpus_votes, dataset_votes

Apply = Callable[[Sequence[str]], "np.ndarray[Any, Any]"]
OURS, RAY = "acts", "acts_ray"


def contenders() -> dict[str, Apply]:
    """Name -> texts to votes, ours first."""
    found: dict[str, Apply] = {OURS: corpus_votes}
    if importlib.util.find_spec("ray"):
        found[RAY] = _ray
    found["snorkel_pandas"] = _pandas
    if importlib.util.find_spec("dask"):
        found["snorkel_dask"] = _dask
    return found


def _ray(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """With a Ray that is running already, as a cluster is."""
    import ray

    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False)
        ray.data.DataContext.get_current().enable_progress_bars = False
    dataset = ray.data.from_pandas(pd.DataFrame({"text": list(texts), "row": range(len(texts))}))
    frame = dataset_votes(dataset.repartition(8 * (os.cpu_count() or 1))).to_pandas().sort_values("row")
    votes: np.ndarray[Any, Any] = frame[[function.name for function in FUNCTIONS]].to_numpy()
    return votes


def _pandas(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    from snorkel.labeling import PandasLFApplier

    votes: np.ndarray[Any, Any] = PandasLFApplier(_snorkel_functions()).apply(
        _frame(texts), progress_bar=False
    )
    return votes


def _dask(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    import dask
    from snorkel.labeling.apply.dask import PandasParallelLFApplier

    applier = PandasParallelLFApplier(_snorkel_functions())
    # Dask would make strings of the prepared questions, on which every function abstains.
    with dask.config.set({"dataframe.convert-string": False}):
        votes: np.ndarray[Any, Any] = applier.apply(_frame(texts), n_parallel=os.cpu_count() or 2)
    return votes


def _frame(texts: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({"question": [Question(text.strip()) for text in texts]})


def _snorkel_functions() -> list[Any]:
    from snorkel.labeling import LabelingFunction

    return [LabelingFunction(function.name, _on_row, {"function": function}) for function in FUNCTIONS]


def _on_row(row: Any, function: LabellingFunction) -> int:
    question = row.question
    # Dask tries functions on rows of its own making to learn what they return.
    return function.rule(question) if isinstance(question, Question) else ABSTAIN
