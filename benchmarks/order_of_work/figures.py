"""Labels that each strategy needed, with intervals over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from .simulation import Curve, Run, Settings

SMOOTHED = 3  # fits: one lucky batch is not the target reached


def labels_needed(curve: Curve, target: float, values: Sequence[float]) -> int | None:
    """The fewest labels after which the mean of three fits in a row is at the target; None: never."""
    for place in range(len(values) - SMOOTHED + 1):
        if np.mean(values[place : place + SMOOTHED]) >= target:
            return curve.labels[place]
    return None


def summary(runs: Sequence[Run], settings: Settings) -> dict[str, Any]:
    names = list(runs[0].curves)
    needed: dict[str, list[int | None]] = {name: [] for name in names}
    live: dict[str, list[int | None]] = {name: [] for name in names}
    for run in runs:
        for name, curve in run.curves.items():
            needed[name].append(labels_needed(curve, settings.target * run.full_f1, curve.f1))
            live[name].append(labels_needed(curve, settings.target, curve.live))
    return {
        "pool": [run.pool for run in runs],
        "full_f1": _mean([run.full_f1 for run in runs]),
        "target": settings.target,
        "labels_needed": {name: _needed(needed[name], needed.get("random")) for name in names},
        "labels_needed_for_live_replies": {name: _needed(live[name], live.get("random")) for name in names},
        "area_under_f1": {name: _mean([_area(run.curves[name]) for run in runs]) for name in names},
    }


def _area(curve: Curve) -> float:
    """Mean macro F1 over the budget."""
    if len(curve.labels) < 2:
        return curve.f1[0]
    return float(np.trapezoid(curve.f1, curve.labels) / (curve.labels[-1] - curve.labels[0]))


def _needed(values: Sequence[int | None], random: Sequence[int | None] | None) -> dict[str, Any]:
    """Mean over the seeds that got there; and the ratio to random, seed by seed, geometric mean."""
    reached = [float(value) for value in values if value is not None]
    pairs = [
        np.log(mine / theirs) for mine, theirs in zip(values, random or (), strict=False) if mine and theirs
    ]
    ratio = {name: None if value is None else float(np.exp(value)) for name, value in _mean(pairs).items()}
    return {"by_seed": list(values), **_mean(reached), "ratio_to_random": ratio}


def _mean(values: Sequence[float]) -> dict[str, float | None]:
    """With the 95 % interval of Student's t over seeds."""
    if not values:
        return {"value": None, "low": None, "high": None}
    mean = float(np.mean(values))
    if len(values) < 2:
        return {"value": mean, "low": None, "high": None}
    half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return {"value": mean, "low": mean - half, "high": mean + half}
