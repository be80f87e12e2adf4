"""Seconds of each contender on the same lines, and whether the labels are the same."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.weak_supervision.contenders import OURS, RAY, Apply

WARM_UP = 500  # lines: libraries are loaded and Ray is started before the clock is


def measure(contenders: Mapping[str, Apply], texts: Sequence[str], *, peer_rows: int) -> dict[str, Any]:
    """Raises SystemExit: a contender gave other labels."""
    seconds: dict[str, float] = {}
    ours: np.ndarray[Any, Any] = np.empty(0)
    for name, apply in contenders.items():
        few = texts if name in (OURS, RAY) else texts[:peer_rows]
        apply(texts[:WARM_UP])
        sys.stderr.write(f"{name}, {len(few)} lines\n")
        began = time.perf_counter()
        votes = apply(few)
        took = time.perf_counter() - began
        if name == OURS:
            ours = votes
        elif not np.array_equal(ours[: len(few)], votes):
            raise SystemExit(f"{name} gave other labels; the seconds would mean nothing.")
        seconds[_named(name, len(few), len(texts))] = round(took * len(texts) / len(few), 1)
    return {"rows": len(texts), "seconds": seconds.pop(OURS), "peers": seconds}


def _named(name: str, rows: int, wanted: int) -> str:
    return name if rows == wanted else f"{name}, extrapolated from {rows} rows"
