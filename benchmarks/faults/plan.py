"""The plan of faults: a pure function of the seed and of what can be done here."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# How often each kind comes up against the others. What recovers quickly comes more often.
WEIGHTS = {
    "cut": 30,  # a teacher's connection ends
    "cut_unacknowledged": 20,  # it ends after a message went out and before its acknowledgement came
    "cut_console": 10,
    "freeze": 8,  # a process stands still and comes back, as on a machine that swaps
    "kill_web": 6,
    "kill_engine": 4,
    "kill_worker": 4,
    "kill_serve": 1,  # the whole group at once
    "kill_redis": 5,
    "kill_postgres": 2,
    "kill_replica": 3,
    "disk": 5,  # no byte more can be written for a while
    "clock": 8,  # the wall clock jumps
}
FREEZES = ("web", "engine", "worker")
FREEZE_S, DISK_S = (0.5, 8.0), (0.5, 3.0)
CLOCK_S = 300.0  # offsets lie within so many seconds on both sides
LONGEST_PAUSE = 4.0  # in means


@dataclass(frozen=True, slots=True)
class Fault:
    """Who is hit is ``draw`` (0 to 1) of those that are there at that moment."""

    number: int
    pause_s: float  # since the fault before
    kind: str
    draw: float
    size: float = 0.0  # seconds: of standing still, of a full disk, of the clock's new offset
    part: str = ""


def faults(seed: int, kinds: Sequence[str], *, mean_pause_s: float) -> Iterator[Fault]:
    """Faults without end: the same for the same seed, kinds and pause."""
    draw = random.Random(f"faults/{seed}")
    known = [kind for kind in WEIGHTS if kind in kinds]
    weights = [WEIGHTS[kind] for kind in known]
    number = 0
    while True:
        number += 1
        pause_s = min(draw.expovariate(1 / mean_pause_s), LONGEST_PAUSE * mean_pause_s)
        (kind,) = draw.choices(known, weights)
        who, share, part = draw.random(), draw.random(), draw.choice(FREEZES)
        yield Fault(number, pause_s, kind, who, _size(kind, share), part if kind == "freeze" else "")


def _size(kind: str, share: float) -> float:
    if kind == "clock":
        return round((2 * share - 1) * CLOCK_S, 1)
    if kind in ("freeze", "disk"):
        low, high = FREEZE_S if kind == "freeze" else DISK_S
        return round(low + share * (high - low), 2)
    return 0.0
