"""Doubts that need the training examples or the head's curvature, and no further pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.covariance import LedoitWolf

Values = NDArray[np.float64]
Labels = NDArray[np.int64]
PRIOR_PRECISION = 1.0


class LastLayerLaplace:
    """A Gaussian over the head's weights at their fitted value, Kronecker-factored (Ritter et al. 2018).

    With A the features' second moment and B the mean curvature of the softmax, the precision is
    ``n A x B + prior``; ``Daxberger et al. 2021`` for the last layer alone. Closed form: no further training.
    """

    def __init__(self, features: Values, logits: Values) -> None:
        design = _with_bias(features)
        p = softmax(logits, axis=1)
        curvature = np.einsum("nc,cd->cd", p, np.eye(p.shape[1])) - p.T @ p  # sum of diag(p) - p p'
        values, self._directions = np.linalg.eigh(design.T @ design / len(design))
        self._outer, self._axes = np.linalg.eigh(curvature)
        self._precision = np.outer(values.clip(0), self._outer.clip(0)) + PRIOR_PRECISION  # (D, C)

    def probabilities(self, features: Values, logits: Values) -> Values:
        """The mean softmax under the Gaussian, by the extended probit approximation (Gibbs 1997)."""
        projected = (_with_bias(features) @ self._directions) ** 2  # (n, D)
        along = projected @ (1 / self._precision)  # (n, C): variance along each axis of the logits
        variance = along @ (self._axes**2).T
        return np.asarray(softmax(logits / np.sqrt(1 + np.pi / 8 * variance), axis=1))


class Mahalanobis:
    """Distance of a feature vector to the nearest class mean under one covariance (Lee et al. 2018)."""

    def __init__(self, features: Values, labels: Labels) -> None:
        classes = np.unique(labels)
        self._means = np.stack([features[labels == label].mean(0) for label in classes])
        centred = features - self._means[np.searchsorted(classes, labels)]
        self._root = np.linalg.cholesky(LedoitWolf(assume_centered=True).fit(centred).precision_)

    def distance(self, features: Values) -> Values:
        whitened = features @ self._root  # (n, D)
        means = self._means @ self._root
        squared = ((whitened[:, None, :] - means[None]) ** 2).sum(-1)
        return np.asarray(np.sqrt(squared.min(1)))


class Neighbours:
    """The most similar training turns by the frozen encoder: how near they are and what they were."""

    def __init__(self, vectors: NDArray[np.float32], labels: Labels, *, k: int = 20) -> None:
        self._vectors, self._labels, self._k = vectors, labels, min(k, len(labels))

    def votes(self, vectors: NDArray[np.float32], classes: int) -> tuple[Values, Values]:
        """Share of each class among the k nearest (n, C), and the similarity of the nearest (n,)."""
        similarity = vectors @ self._vectors.T / 2  # two unit vectors side by side
        nearest = np.argpartition(-similarity, self._k - 1, axis=1)[:, : self._k]
        shares = np.eye(classes)[self._labels[nearest]].mean(1)
        return shares, similarity.max(1).astype(np.float64)


def _with_bias(features: Values) -> Values:
    return np.hstack([features, np.ones((len(features), 1))])
