"""Timing side by side: every contender in turn, many rounds, so that a busy moment hits all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def medians(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 2
) -> dict[str, float]:
    """Contender -> median seconds of a call, the calls of one round right after each other."""
    for _ in range(warm_up):
        for call in contenders.values():
            call()
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            started = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def ratios(
    contenders: Mapping[str, Callable[[], object]],
    *,
    to: str,
    rounds: int,
    warm_up: int = 2,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Contender -> median over rounds of its seconds over those of ``to`` in the same round.

    Every round begins with another contender, so that none always finds what the same other one left in the
    caches. ``clock=time.thread_time`` counts this thread's own work alone, on a machine that others use too.
    """
    for _ in range(warm_up):
        for call in contenders.values():
            call()
    found: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    for number in range(rounds):
        seconds = {}
        first = number % len(order)
        for name in order[first:] + order[:first]:
            started = clock()
            contenders[name]()
            seconds[name] = clock() - started
        for name, value in seconds.items():
            found[name].append(value / seconds[to])
    return {name: statistics.median(values) for name, values in found.items()}
