"""Everything that a study's page shows, from its records: table, comparisons, what a reveal changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from annotation.studies.arms import Arm
from annotation.studies.frames import frame_of
from annotation.studies.inference import class_shift, rate_difference, time_ratio, welch_of
from annotation.studies.records import Record
from annotation.studies.sequential import ALPHA, Look, looks
from annotation.studies.table import RESAMPLES, table

LEAST = 5  # labels in each arm before anything is compared
POINTS = 60  # of the chart of looks


def figures_of(
    records: Sequence[Record], arms: Sequence[Arm], *, resamples: int = RESAMPLES, seed: int = 0
) -> dict[str, Any]:
    """The report as plain values, for storing.

    Args:
        records: in the order in which the labels were given.
        arms: of the plan; each other one is compared with the first.
    """
    frame = frame_of(records)
    rows = [asdict(row) for row in table(frame, seed=seed, resamples=resamples)]
    order = {str(arm): place for place, arm in enumerate(arms)}
    return {
        "labels": len(frame),
        "rows": sorted(rows, key=lambda row: (order.get(row["arm"], len(order)), row["annotator"] != "all")),
        "comparisons": [compare(frame, arms[0], arm) for arm in arms[1:]],
        "reveal": reveal(frame),
    }


def compare(frame: pd.DataFrame, base: Arm, arm: Arm) -> dict[str, Any]:
    """What differs between two arms; None where there is too little to say."""
    counts = [int((frame["arm"] == name).sum()) for name in (base, arm)]
    found: dict[str, Any] = {"base": str(base), "arm": str(arm), "n": counts, "enough": min(counts) >= LEAST}
    if not found["enough"]:
        return found
    return found | {
        "welch": _safely(lambda: asdict(welch_of(frame, base, arm))),
        "time_ratio": _safely(lambda: asdict(time_ratio(frame, base, arm))),
        "active_ratio": _safely(lambda: asdict(time_ratio(frame, base, arm, "active_seconds"))),
        "accuracy": _rate(frame, base, arm, "right"),
        "agreement": _rate(frame, base, arm, "agrees"),
        "shift": {label: asdict(effect) for label, effect in class_shift(frame, base, arm).items()},
        "watched": {
            "log_seconds": _watched(frame, base, arm, "log_seconds"),
            "right": _watched(frame, base, arm, "right"),
        },
    }


def _rate(frame: pd.DataFrame, base: Arm, arm: Arm, column: str) -> dict[str, float] | None:
    known = frame.dropna(subset=[column])
    if min(int((known["arm"] == name).sum()) for name in (base, arm)) < LEAST:
        return None
    return _safely(lambda: asdict(rate_difference(known, base, arm, column)))


def _safely(analysis: Callable[[], dict[str, float]]) -> dict[str, float] | None:
    """The effect, or None where the data do not carry it: all times alike, say."""
    with np.errstate(all="ignore"):
        try:
            found = analysis()
        except (ValueError, ZeroDivisionError, np.linalg.LinAlgError):
            return None
    return found if all(np.isfinite(value) for value in found.values()) else None


def _watched(frame: pd.DataFrame, base: Arm, arm: Arm, outcome: str) -> dict[str, Any] | None:
    """The anytime-valid intervals: the newest, when it was first decided, and a thinned line for a chart."""
    every = looks(frame[frame["seconds"] > 0], base, arm, outcome)
    if not every:
        return None
    first = next((look.n for look in every if look.decided), None)
    thinned = every[:: max(1, len(every) // POINTS)]
    if thinned[-1] != every[-1]:
        thinned.append(every[-1])
    return {
        "alpha": ALPHA,
        "last": _look(every[-1]),
        "decided_at": first,
        "looks": [_look(look) for look in thinned],
    }


def _look(look: Look) -> dict[str, float]:
    return asdict(look)


def reveal(frame: pd.DataFrame) -> dict[str, Any] | None:
    """What the suggestion changed after an answer of one's own; None without such an arm.

    With the first answer as its own control this is influence itself, not a comparison of arms.
    """
    part = frame[frame["arm"] == Arm.REVEAL]
    if part.empty:
        return None
    differed = part[part["first"] != part["suggestion"]].dropna(subset=["suggestion"])
    gold = part.dropna(subset=["gold"])
    before, after = gold["first"] == gold["gold"], gold["label"] == gold["gold"]
    return {
        "n": len(part),
        "differed": len(differed),
        "changed": int((part["label"] != part["first"]).sum()),
        "to_suggestion": int((differed["label"] == differed["suggestion"]).sum()),
        "with_gold": len(gold),
        "right_before": int(before.sum()),
        "right_after": int(after.sum()),
        "mended": int((~before & after).sum()),
        "spoilt": int((before & ~after).sum()),
    }
