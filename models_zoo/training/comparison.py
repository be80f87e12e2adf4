"""Two versions on the same examples: the paired bootstrap (Efron & Tibshirani 1993, ch. 16)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models_zoo.manifest import Metric
from models_zoo.serving.predictor import load_predictor
from models_zoo.store import ModelStore
from models_zoo.training.evaluation import Results, interval, metrics_of, resamples, results_of, scorers_of
from models_zoo.training.examples import Example


@dataclass(frozen=True, slots=True)
class Comparison:
    """Metrics of the ``old`` and the ``new`` version, and new minus old with its 95 % interval."""

    versions: tuple[str, str]
    old: dict[str, Metric]
    new: dict[str, Metric]
    difference: dict[str, Metric]

    def to_json(self) -> dict[str, Any]:
        def plain(metrics: dict[str, Metric]) -> dict[str, Any]:
            return {name: metric.model_dump() for name, metric in metrics.items()}

        return {
            "versions": list(self.versions),
            "old": plain(self.old),
            "new": plain(self.new),
            "difference": plain(self.difference),
        }


def compare(
    store: ModelStore,
    versions: tuple[str, str],
    examples: Sequence[Example],
    *,
    bootstrap: int = 1000,
    seed: int = 0,
    passes: int = 10,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Score two versions on ``examples``, drawing the same bootstrap samples for both.

    Pairing takes out what makes an example hard for either version, so a small gain shows.
    """

    def read(version: str, done: float) -> Results:
        report = None if progress is None else lambda share: progress(done + share / 2)
        return results_of(load_predictor(store, version), examples, passes=passes, progress=report)

    return compare_results(versions, read(versions[0], 0.0), read(versions[1], 0.5), bootstrap, seed)


def compare_results(
    versions: tuple[str, str], old: Results, new: Results, bootstrap: int, seed: int
) -> Comparison:
    """The comparison of what two versions said about the same examples."""
    old_scorers, new_scorers = scorers_of(old), scorers_of(new)
    difference = {}
    for name, (n, old_score) in old_scorers.items():
        new_score = new_scorers[name][1]
        drawn = [new_score(rows) - old_score(rows) for rows in resamples(n, bootstrap, seed)]
        low, high = interval(drawn)
        everything = np.arange(n)
        value = new_score(everything) - old_score(everything)
        difference[name] = Metric(value=value, low=low, high=high, n=n)
    return Comparison(
        versions, metrics_of(old, bootstrap, seed), metrics_of(new, bootstrap, seed), difference
    )
