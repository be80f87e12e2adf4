"""How good a model is: scikit-learn's metrics with percentile bootstrap intervals (Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models_zoo.labels import DIALOGUE_ACTS, QUESTION_TYPES
from models_zoo.manifest import Metric, Reliability, ReliabilityBin
from models_zoo.routing.calibration import brier, calibration_error, reliability
from models_zoo.serving.predictor import Predictor
from models_zoo.training.examples import Example
from models_zoo.types import Distribution, Understanding

Indices = NDArray[np.int64]
Interval = tuple[float, float]

UNLABELLED = -1
CHUNK = 16


@dataclass(frozen=True, slots=True)
class HeadResult:
    """Gold label indices (n,) and probabilities (n, C) of one head on its labelled examples."""

    gold: Indices
    probabilities: NDArray[np.float64]

    @property
    def predicted(self) -> Indices:
        return np.asarray(self.probabilities.argmax(1), dtype=np.int64)

    @property
    def confidence(self) -> NDArray[np.float64]:
        return np.asarray(self.probabilities.max(1))


@dataclass(frozen=True, slots=True)
class SpanResult:
    """Exactly matching, annotated and predicted spans of each example with entity labels: (n,)."""

    matched: Indices
    gold: Indices
    predicted: Indices


@dataclass(frozen=True, slots=True)
class Results:
    """What a model said about a list of examples."""

    heads: dict[str, HeadResult]
    spans: SpanResult


def evaluate(
    predictor: Predictor,
    examples: Sequence[Example],
    *,
    bootstrap: int = 1000,
    seed: int = 0,
    passes: int = 10,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Metric]:
    """Score a model.

    Returns:
        ``dialogue_act_accuracy``, ``_macro_f1``, ``_calibration_error``, ``_adaptive_calibration_error`` and
        ``_brier``, the same for ``question_type``, and ``entities_f1`` (micro, exact spans), each with its
        95 % interval; without those of a head that no example labels.
    """
    return metrics_of(results_of(predictor, examples, passes=passes, progress=progress), bootstrap, seed)


def results_of(
    predictor: Predictor,
    examples: Sequence[Example],
    *,
    passes: int,
    progress: Callable[[float], None] | None = None,
) -> Results:
    """Ask the model about every example."""
    read: list[Understanding] = []
    for start in range(0, len(examples), CHUNK):
        chunk = [example.text for example in examples[start : start + CHUNK]]
        read += predictor.understand(chunk, passes=passes)
        if progress is not None:
            progress(len(read) / len(examples))
    heads = {
        "dialogue_act": _head(
            DIALOGUE_ACTS,
            [example.dialogue_act for example in examples],
            [said.dialogue_act for said in read],
        ),
        "question_type": _head(
            QUESTION_TYPES,
            [example.question_type for example in examples],
            [said.question_type for said in read],
        ),
    }
    return Results(heads, _spans(examples, read))


def _head(names: tuple[str, ...], gold: Sequence[str | None], said: Sequence[Distribution]) -> HeadResult:
    pairs = [(label, answer) for label, answer in zip(gold, said, strict=True) if label is not None]
    return HeadResult(
        np.array([names.index(label) for label, _ in pairs], dtype=np.int64),
        np.array([answer.probabilities for _, answer in pairs], dtype=np.float64).reshape(-1, len(names)),
    )


def _spans(examples: Sequence[Example], read: Sequence[Understanding]) -> SpanResult:
    rows = []
    for example, said in zip(examples, read, strict=True):
        if example.entities is None:
            continue
        gold = set(example.entities)
        predicted = {(entity.start, entity.end, entity.kind) for entity in said.entities}
        rows.append((len(gold & predicted), len(gold), len(predicted)))
    counts = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return SpanResult(counts[:, 0], counts[:, 1], counts[:, 2])


def scorers_of(results: Results) -> dict[str, tuple[int, Callable[[Indices], float]]]:
    """Metric name -> (number of examples, score of a choice of them)."""
    scorers: dict[str, tuple[int, Callable[[Indices], float]]] = {}
    for name, head in results.heads.items():
        n = len(head.gold)
        if n:
            scorers[f"{name}_accuracy"] = (n, _accuracy(head))
            scorers[f"{name}_macro_f1"] = (n, _macro_f1(head))
            scorers[f"{name}_calibration_error"] = (n, _calibration_error(head))
            scorers[f"{name}_adaptive_calibration_error"] = (n, _calibration_error(head, adaptive=True))
            scorers[f"{name}_brier"] = (n, _brier(head))
    if len(results.spans.gold):
        scorers["entities_f1"] = (len(results.spans.gold), _span_f1(results.spans))
    return scorers


def metrics_of(results: Results, bootstrap: int, seed: int) -> dict[str, Metric]:
    """Every score with its interval."""
    metrics = {}
    for name, (n, score) in scorers_of(results).items():
        low, high = interval([score(rows) for rows in resamples(n, bootstrap, seed)])
        metrics[name] = Metric(value=score(np.arange(n)), low=low, high=high, n=n)
    return metrics


def resamples(n: int, times: int, seed: int) -> list[Indices]:
    """``times`` draws of ``n`` row numbers with replacement."""
    generator = np.random.default_rng(seed)
    return [generator.integers(0, n, n) for _ in range(times)]


def interval(scores: Sequence[float]) -> Interval:
    """The middle 95 % of the bootstrap scores."""
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(low), float(high)


def _accuracy(head: HeadResult) -> Callable[[Indices], float]:
    hits = head.gold == head.predicted
    return lambda rows: float(hits[rows].mean())


def _macro_f1(head: HeadResult) -> Callable[[Indices], float]:
    predicted = head.predicted
    return lambda rows: macro_f1(head.gold[rows], predicted[rows])


def macro_f1(gold: Indices, predicted: Indices) -> float:
    """The mean F1 of the classes that occur; scikit-learn's, fast enough to be resampled a thousand times."""
    size = int(max(gold.max(), predicted.max())) + 1
    in_gold = np.bincount(gold, minlength=size)
    in_predicted = np.bincount(predicted, minlength=size)
    hits = np.bincount(gold[gold == predicted], minlength=size)
    occurs = in_gold + in_predicted
    return float((2 * hits[occurs > 0] / occurs[occurs > 0]).mean())


def _calibration_error(head: HeadResult, *, adaptive: bool = False) -> Callable[[Indices], float]:
    confidence, hits = head.confidence, head.gold == head.predicted
    return lambda rows: calibration_error(confidence[rows], hits[rows], adaptive=adaptive)


def _brier(head: HeadResult) -> Callable[[Indices], float]:
    return lambda rows: brier(head.probabilities[rows], head.gold[rows])


def reliability_of(before: Results, after: Results) -> dict[str, Reliability]:
    """Head -> its reliability diagram without and with its temperature, for heads that somebody labelled."""
    return {
        name: Reliability(before=_bins(before.heads[name]), after=_bins(head))
        for name, head in after.heads.items()
        if len(head.gold)
    }


def _bins(head: HeadResult) -> tuple[ReliabilityBin, ...]:
    found = reliability(head.confidence, head.gold == head.predicted)
    return tuple(ReliabilityBin.model_validate(one.to_json()) for one in found)


def _span_f1(spans: SpanResult) -> Callable[[Indices], float]:
    def score(rows: Indices) -> float:
        total = int(spans.gold[rows].sum() + spans.predicted[rows].sum())
        return 2 * int(spans.matched[rows].sum()) / total if total else 1.0

    return score
