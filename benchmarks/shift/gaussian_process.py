"""The output layer of SNGP (Liu et al. 2020) on given features: a Gaussian process by random features.

With random Fourier features phi of the standardised features, the posterior over a linear layer has the
precision ``I + sum p (1 - p) phi phi'``; a turn far from all training turns keeps the prior's variance. The
network below is trained as usual: no spectral normalisation holds its distances.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.special import softmax
from sklearn.preprocessing import StandardScaler

Values = NDArray[np.float64]
WIDTH = 1024  # random features
SAMPLE = 500  # turns whose median distance is the length scale


class RandomFeatureProcess:
    """Fits on construction."""

    def __init__(self, features: Values, logits: Values, *, seed: int = 0) -> None:
        generator = np.random.default_rng(seed)
        self._scaler = StandardScaler().fit(features)
        scaled = self._scaler.transform(features)
        some = scaled[generator.permutation(len(scaled))[:SAMPLE]]
        apart = np.sqrt(np.maximum(((some[:, None] - some[None]) ** 2).sum(-1), 0))
        self._scale = float(np.median(apart[apart > 0]))
        self._directions = generator.normal(size=(scaled.shape[1], WIDTH))
        self._phases = generator.uniform(0, 2 * np.pi, WIDTH)
        best = softmax(logits, axis=1).max(1)
        design = self._lifted(features)
        precision = np.eye(WIDTH) + (design * (best * (1 - best))[:, None]).T @ design
        self._factor = cho_factor(precision)

    def variance(self, features: Values) -> Values:
        """Of a logit: (n,), near 1 far from the training turns, near 0 among them."""
        design = self._lifted(features)
        return np.asarray((design * cho_solve(self._factor, design.T).T).sum(1))

    def probabilities(self, features: Values, logits: Values) -> Values:
        """The softmax of the logits, flattened by their variance (mean field, Lu et al. 2021): (n, C)."""
        return np.asarray(softmax(logits / np.sqrt(1 + np.pi / 8 * self.variance(features))[:, None], axis=1))

    def _lifted(self, features: Values) -> Values:
        scaled = self._scaler.transform(features) / self._scale
        return np.asarray(np.sqrt(2 / WIDTH) * np.cos(scaled @ self._directions + self._phases))
