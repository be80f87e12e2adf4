"""What another threshold would have done to past turns: coverage, error, load, waiting. Pure functions.

Nothing is asked again: every turn's doubt and moment are known, and where a person answered, so is
whether the machine would have been wrong. Arrivals are taken as they were, although teachers who wait
less write sooner.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from models_zoo.routing.estimate import weighted_share

from .queue import waits

THRESHOLDS = tuple(round(step / 100, 2) for step in range(101))


@dataclass(frozen=True)
class PastTurn:
    """A turn, and the machine's doubt about it. ``propensity`` of its verdict; 0: it has none."""

    at_s: float
    score: float
    propensity: float = 0.0
    wrong: bool | None = None


@dataclass(frozen=True)
class Point:
    """One threshold. Shares lie between 0 and 1; ``error`` is None without verdicts below it."""

    threshold: float
    coverage: float
    error: float | None
    low: float
    high: float
    verdicts: int
    load: float
    per_minute: float
    wait_s: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Conditions:
    """What else the curves depend on: a supervisor's time at a turn, how long rooms were open, the audits."""

    service_s: float
    open_minutes: float
    audit_share: float
    confidence: float = 0.90


def replayed(
    turns: Sequence[PastTurn], given: Conditions, thresholds: Sequence[float] = THRESHOLDS
) -> list[Point]:
    """The curves over ``thresholds``, from turns in the order of their moments; empty without turns."""
    if not turns:
        return []
    draw = random.Random(0)  # noqa: S311 (which turns would have been audited; no secret)
    audited = np.array([draw.random() for _ in turns]) < given.audit_share
    score = np.array([turn.score for turn in turns])
    at_s = np.array([turn.at_s for turn in turns])
    judged = np.array([turn.wrong is not None and turn.propensity > 0 for turn in turns])
    wrong = np.array([bool(turn.wrong) for turn in turns])
    chance = np.array([turn.propensity for turn in turns])
    points = []
    for threshold in thresholds:
        alone = score < threshold
        seen = alone & judged
        error = weighted_share(wrong[seen], chance[seen], confidence=given.confidence)
        asked = ~alone | audited
        waited = waits(at_s[asked].tolist(), service_s=given.service_s)
        points.append(
            Point(
                threshold=threshold,
                coverage=round(float(alone.mean()), 4),
                error=None if error.value is None else round(error.value, 4),
                low=round(error.low, 4),
                high=round(error.high, 4),
                verdicts=error.n,
                load=round(float(asked.mean()), 4),
                per_minute=round(float(asked.sum()) / max(given.open_minutes, 1e-9), 3),
                wait_s=round(float(np.mean(waited)), 1) if waited else 0.0,
            )
        )
    return points
