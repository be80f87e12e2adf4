"""Three readers beside the network, cheap and unlike it: words, a kernel on frozen vectors, trees.

Each is fitted on turns and gives probabilities of the moves; where they contradict the network, the network
is wrong more often.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from benchmarks.routing.data import MOVES, Turn, folds

Values = NDArray[np.float64]
Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]
PAIRS = list(combinations(range(len(MOVES)), 2))


def tfidf_baseline() -> Pipeline:
    """The reference: TF-IDF of words and pairs with logistic regression, on the turn's text alone."""
    vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    return make_pipeline(vectors, LogisticRegression(C=4.0, max_iter=500))


def aligned(model: Any, probabilities: Values) -> Values:
    """A column for every move, also for those that the training did not hold; none is impossible."""
    full = np.full((len(probabilities), len(MOVES)), 1e-6)
    full[:, model.classes_] = np.maximum(probabilities, 1e-6)
    return np.asarray(full / full.sum(1, keepdims=True))


class Words:
    """Logistic regression on words, word parts, the student's words and the surface."""

    def fit(self, turns: Sequence[Turn], surface: Values, labels: Labels) -> Words:
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
        self._parts = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3)
        self._student = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=3)
        self._scaler = StandardScaler().fit(surface)
        for vectors in (self._words, self._parts):
            vectors.fit([turn.text for turn in turns])
        self._student.fit([turn.previous for turn in turns])
        self._model = LogisticRegression(C=2.0, max_iter=1000).fit(self._design(turns, surface), labels)
        return self

    def probabilities(self, turns: Sequence[Turn], surface: Values) -> Values:
        return aligned(self._model, self._model.predict_proba(self._design(turns, surface)))

    def _design(self, turns: Sequence[Turn], surface: Values) -> csr_matrix:
        texts = [turn.text for turn in turns]
        student = self._student.transform([turn.previous for turn in turns])
        scaled = csr_matrix(self._scaler.transform(surface) * 0.2)
        return hstack(
            [self._words.transform(texts), self._parts.transform(texts), 0.5 * student, scaled]
        ).tocsr()


class Kernel:
    """A support vector machine on the frozen encoder's vectors and the surface, calibrated on inner folds."""

    WEIGHT = 0.05  # of a standardised surface number beside the unit vectors

    def fit(self, turns: Sequence[Turn], vectors: Vectors, surface: Values, labels: Labels) -> Kernel:
        self._scaler = StandardScaler().fit(surface)
        design = self._design(vectors, surface)
        place = np.array(folds(turns, 3))
        decisions = np.zeros((len(labels), len(PAIRS)))
        for fold in set(place.tolist()):
            inner = self._machine().fit(design[place != fold], labels[place != fold])
            decisions[place == fold] = self._decisions(inner, design[place == fold])
        self._calibration = LogisticRegression(C=1.0, max_iter=500).fit(decisions, labels)
        self._model = self._machine().fit(design, labels)
        return self

    def probabilities(self, vectors: Vectors, surface: Values) -> Values:
        decisions = self._decisions(self._model, self._design(vectors, surface))
        return aligned(self._calibration, self._calibration.predict_proba(decisions))

    @staticmethod
    def _machine() -> SVC:
        return SVC(C=3.0, gamma=0.7, decision_function_shape="ovo")

    @staticmethod
    def _decisions(machine: SVC, design: Values) -> Values:
        """One move against another, a column for every pair; 0 where the training did not hold both."""
        found = machine.decision_function(design).reshape(len(design), -1)
        full = np.zeros((len(design), len(PAIRS)))
        for column, pair in enumerate(combinations(machine.classes_.tolist(), 2)):
            full[:, PAIRS.index(pair)] = found[:, column]
        return full

    def _design(self, vectors: Vectors, surface: Values) -> Values:
        return np.hstack([vectors, self.WEIGHT * self._scaler.transform(surface)])


class Trees:
    """Extremely randomised trees (Geurts et al. 2006) on the surface."""

    def fit(self, surface: Values, labels: Labels, *, seed: int) -> Trees:
        self._model = ExtraTreesClassifier(400, min_samples_leaf=3, max_features=0.3, random_state=seed).fit(
            surface, labels
        )
        return self

    def probabilities(self, surface: Values) -> Values:
        return aligned(self._model, self._model.predict_proba(surface))
