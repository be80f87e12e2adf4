"""Measuring how long a stored version takes, and how much of that its adapter is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median

import torch

from models_zoo.encoding import encode
from models_zoo.measurements import Latency, latency_record
from models_zoo.serving.predictor import LocalPredictor, load_predictor
from models_zoo.store import ModelStore

PASSES = 30  # as the engine draws
TEXTS = 20
ROUNDS = 5  # single passes of either side for each text


def measure_latency(
    store: ModelStore,
    version: str,
    texts: Sequence[str],
    *,
    passes: int = PASSES,
    progress: Callable[[float], None] | None = None,
) -> Latency:
    """Read ``texts`` one by one as the engine does, note the times in the store and return them.

    Args:
        passes: of a version that cannot say in one pass what they would.
    """
    predictor = load_predictor(store, version)
    (first,) = predictor.understand(texts[:1], passes=passes)  # pays for what later calls find ready
    taken_s, ratios = [], []
    for done, text in enumerate(texts, 1):
        started = time.perf_counter()
        predictor.understand([text], passes=passes)
        taken_s.append(time.perf_counter() - started)
        ratios.append(_ratio(predictor, text))
        if progress is not None:
            progress(done / len(texts))
    latency = Latency(
        version=version,
        p50_ms=round(median(taken_s) * 1000, 1),
        ratio=round(median(ratios), 3),
        passes=first.passes,
        threads=torch.get_num_threads(),
        texts=len(texts),
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    latency_record(store.root, latency)
    return latency


@torch.inference_mode()
def _ratio(predictor: LocalPredictor, text: str) -> float:
    """One deterministic pass over the same pass without the adapter, in turn, the fastest of each."""
    model = predictor.model
    batch = encode(predictor.tokenizer, [text])
    with_s, without_s = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        model.encoder(input_ids=batch.input_ids, attention_mask=batch.attention_mask)
        between = time.perf_counter()
        with model.encoder.disable_adapter():
            switched = time.perf_counter()
            model.encoder(input_ids=batch.input_ids, attention_mask=batch.attention_mask)
            without_s.append(time.perf_counter() - switched)
        with_s.append(between - started)
    return min(with_s) / min(without_s)
