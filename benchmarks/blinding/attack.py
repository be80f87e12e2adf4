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
SHUFFLES = 40
TREES = 150
Truth = NDArray[np.bool_]


def attack(observed: list[Observed], kind: str, seed: int) -> dict[str, Any]:
    """AUC of telling people from machine, with a 95 % bootstrap interval over rooms; .5 is chance.

    Compared are replies of rooms that were judged by the same model: over several, an AUC of guesses lies
    below .5, since who trained on more replies of people meets fewer. ``chance`` is where 95 % of the AUCs
    lie when who answered is shuffled within each room and all is trained anew, so what is beyond it is
    more than luck.
    """
    truth = np.array([one.by_person for one in observed])
    rooms = np.array([one.session for one in observed])
    model, seen = _attacker(observed, kind, seed)
    folds = GroupKFold(min(5, len(set(rooms))))
    fold = np.zeros(len(truth), dtype=int)
    for number, (_train, tried) in enumerate(folds.split(truth, groups=rooms)):
        fold[tried] = number

    def scores(labels: Truth) -> NDArray[np.float64]:
        found = cross_val_predict(model, seen, labels, groups=rooms, cv=folds, method="predict_proba")
        return np.asarray(found)[:, 1]

    guessed = scores(truth)
    low, high = _interval(truth, guessed, rooms, fold, seed)
    generator = np.random.default_rng(seed)
    shuffled = [_shuffled(truth, rooms, generator) for _ in range(SHUFFLES)]
    by_luck = [_auc(labels, scores(labels), fold) for labels in shuffled]
    chance = [round(float(value), 3) for value in np.percentile(by_luck, [2.5, 97.5])]
    return {"value": round(_auc(truth, guessed, fold), 3), "low": low, "high": high, "chance": chance}


def _attacker(observed: list[Observed], kind: str, seed: int) -> tuple[Any, list[Any]]:
    if kind == "words":
        model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000))
        return model, [one.words for one in observed]
    forest = RandomForestClassifier(TREES, min_samples_leaf=5, random_state=seed)
    facts = [
        {name: value for name, value in one.channel.items() if kind != "pace" or name in PACE}
        for one in observed
    ]
    return make_pipeline(DictVectorizer(sparse=False), forest), facts


def _auc(truth: Truth, scores: NDArray[np.float64], fold: NDArray[np.int_]) -> float:
    """The mean over folds, each weighed by its replies; a fold without both kinds has none."""
    parts = [np.flatnonzero(fold == number) for number in set(fold.tolist())]
    both = [part for part in parts if 0 < truth[part].sum() < len(part)]
    if not both:
        return 0.5
    found = [roc_auc_score(truth[part], scores[part]) for part in both]
    return float(np.average(found, weights=[len(part) for part in both]))


def _shuffled(truth: Truth, rooms: NDArray[np.str_], generator: np.random.Generator) -> Truth:
    labels = truth.copy()
    for room in set(rooms.tolist()):
        own = np.flatnonzero(rooms == room)
        labels[own] = generator.permutation(truth[own])
    return labels


def _interval(
    truth: Truth, scores: NDArray[np.float64], rooms: NDArray[np.str_], fold: NDArray[np.int_], seed: int
) -> tuple[float, float]:
    """Percentiles over resampled rooms, since turns of one room resemble each other."""
    generator = np.random.default_rng(seed)
    places = [np.flatnonzero(rooms == room) for room in sorted(set(rooms))]
    values = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([places[i] for i in generator.integers(0, len(places), len(places))])
        values.append(_auc(truth[drawn], scores[drawn], fold[drawn]))
    low, high = np.percentile(values, [2.5, 97.5])
    return round(float(low), 3), round(float(high), 3)
