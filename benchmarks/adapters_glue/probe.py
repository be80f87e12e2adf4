"""The linear probe: the best head on what the unchanged encoder gives. All other methods start from it."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import GridSearchCV
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Probe:
    """A finished head, (F) -> (classes) or (1), and the CPU time that it took."""

    head: nn.Linear
    train_s: float


def probe_of(vectors: Tensor, targets: Tensor, classes: int) -> Probe:
    """The best head on cached vectors, its penalty cross-validated: the same for every seed.

    For a regression it answers in units of the training targets' spread, 0 being their mean.

    Args:
        vectors, targets: (N, F) and (N,).
    """
    started = time.process_time()
    x = vectors.numpy()
    if classes:
        folds = min(5, int(targets.long().bincount().clamp_min(2).min()))
        search = GridSearchCV(LogisticRegression(max_iter=1000), {"C": [1e-4, 1e-3, 1e-2, 1e-1]}, cv=folds)
        found = search.fit(x, targets.numpy()).best_estimator_
        weight, bias = found.coef_, found.intercept_
        if classes == 2:  # scikit-learn keeps the difference of the two rows
            weight, bias = np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    else:
        found = RidgeCV([10.0**power for power in range(6)]).fit(x, standardised(targets).numpy())
        weight, bias = found.coef_[None], np.array([found.intercept_])
    train_s = time.process_time() - started
    head = nn.Linear(x.shape[1], max(1, classes))
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(weight))
        head.bias.copy_(torch.from_numpy(bias))
    return Probe(head, train_s)


def standardised(targets: Tensor) -> Tensor:
    return (targets - targets.mean()) / targets.std()
