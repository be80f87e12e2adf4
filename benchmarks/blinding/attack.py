"""Classifiers on what a teacher saw: trained on some rooms, tried on the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from .teachers import PACE, Observed

RESAMPLES = 500
TREES = 150


def attack(observed: list[Observed], kind: str, seed: int) -> dict[str, Any]:
    """AUC of telling people from machine, with a 95 % bootstrap interval over rooms; .5 is chance."""
    truth = np.array([one.by_person for one in observed])
    rooms = np.array([one.session for one in observed])
    if kind == "words":
        model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000))
        seen: Any = [one.words for one in observed]
    else:
        forest = RandomForestClassifier(TREES, min_samples_leaf=5, random_state=seed)
        model = make_pipeline(DictVectorizer(sparse=False), forest)
        seen = [
            {name: value for name, value in one.channel.items() if kind != "pace" or name in PACE}
            for one in observed
        ]
    folds = GroupKFold(min(5, len(set(rooms))))
    scores = cross_val_predict(model, seen, truth, groups=rooms, cv=folds, method="predict_proba")[:, 1]
    low, high = _interval(truth, scores, rooms, seed)
    return {"value": round(float(roc_auc_score(truth, scores)), 3), "low": low, "high": high}


def _interval(
    truth: NDArray[np.bool_], scores: NDArray[np.float64], rooms: NDArray[np.str_], seed: int
) -> tuple[float, float]:
    """Percentiles over resampled rooms, since turns of one room resemble each other."""
    generator = np.random.default_rng(seed)
    places = [np.flatnonzero(rooms == room) for room in sorted(set(rooms))]
    values = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([places[i] for i in generator.integers(0, len(places), len(places))])
        if 0 < truth[drawn].sum() < len(drawn):
            values.append(roc_auc_score(truth[drawn], scores[drawn]))
    low, high = np.percentile(values, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)
