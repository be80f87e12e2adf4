"""One simulated labelling of a pool, by every strategy from the same first labels."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from .head import Floats, Head, fit
from .strategies import STRATEGIES, Pool
from .turns import Turns

CLASSES = 4
LIVE_SHARE = TEST_SHARE = 0.2  # of the dialogues


@dataclass(frozen=True, slots=True)
class Settings:
    begin: int
    step: int
    budget: int | None
    target: float
    random_share: float


@dataclass(frozen=True, slots=True)
class Curve:
    """After ``labels[k]`` labels: macro F1 on test, and the share of live turns read as with all labels."""

    labels: list[int] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    pool: int
    full_f1: float
    curves: dict[str, Curve]


@dataclass(frozen=True, slots=True)
class Split:
    """Numbers of turns; a dialogue lies in one part only."""

    pool: NDArray[np.int64]
    live: NDArray[np.int64]
    test: NDArray[np.int64]


def split(turns: Turns, seed: int) -> Split:
    dialogues = np.random.default_rng(seed).permutation(np.unique(turns.dialogues))
    test, live = (round(len(dialogues) * share) for share in (TEST_SHARE, TEST_SHARE + LIVE_SHARE))
    parts = [dialogues[live:], dialogues[test:live], dialogues[:test]]
    return Split(*(np.flatnonzero(np.isin(turns.dialogues, part)) for part in parts))


def simulate(turns: Turns, strategies: Sequence[str], settings: Settings, *, seed: int) -> Run:
    parts = split(turns, seed)
    full = fit(turns.features[parts.pool], turns.labels[parts.pool], CLASSES)
    goal = full.probabilities(turns.features[parts.live]).argmax(axis=1)
    begin = np.random.default_rng([seed, 1]).permutation(parts.pool)[: settings.begin]
    curves = {}
    for name in strategies:
        print(f"  {name}", file=sys.stderr)
        curves[name] = _curve(turns, parts, begin, goal, name, settings, seed)
    return Run(len(parts.pool), _f1(turns, parts.test, full), curves)


def _curve(
    turns: Turns,
    parts: Split,
    begin: NDArray[np.int64],
    goal: NDArray[np.int64],
    name: str,
    settings: Settings,
    seed: int,
) -> Curve:
    generator = np.random.default_rng([seed, 2])
    labelled = begin
    waiting = np.setdiff1d(parts.pool, begin)
    budget = min(settings.budget or len(parts.pool), len(parts.pool))
    curve, head = Curve(), None
    while True:
        head = fit(turns.features[labelled], turns.labels[labelled], CLASSES, head)
        curve.labels.append(len(labelled))
        curve.f1.append(_f1(turns, parts.test, head))
        read = head.probabilities(turns.features[parts.live]).argmax(axis=1)
        curve.live.append(float((read == goal).mean()))
        if len(labelled) >= budget or not len(waiting):
            return curve
        taken = _take(turns, labelled, waiting, parts.live, head, name, settings, generator)
        labelled = np.concatenate([labelled, taken])
        waiting = np.setdiff1d(waiting, taken)


def _take(
    turns: Turns,
    labelled: NDArray[np.int64],
    waiting: NDArray[np.int64],
    live: NDArray[np.int64],
    head: Head,
    name: str,
    settings: Settings,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    features: Floats = turns.features
    by_chance = round(settings.step * settings.random_share)
    pool = Pool(features[waiting], features[labelled], features[live], head, generator, settings.step)
    first = waiting[STRATEGIES[name](pool)][: settings.step - by_chance]
    rest = generator.permutation(np.setdiff1d(waiting, first))
    return np.concatenate([first, rest[:by_chance]])


def _f1(turns: Turns, rows: NDArray[np.int64], head: Head) -> float:
    found = head.probabilities(turns.features[rows]).argmax(axis=1)
    return float(f1_score(turns.labels[rows], found, average="macro", zero_division=0))
