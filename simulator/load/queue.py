"""Turns that wait for supervisors, first come, first served."""

import heapq
from collections.abc import Sequence


class Desk:
    """Some supervisors who take turns in the order they come."""

    def __init__(self, supervisors: int = 1) -> None:
        self._free = [float("-inf")] * supervisors
        self._leaving: list[float] = []

    def before_them(self, now_s: float) -> int:
        """How many turns wait or are being answered at this moment."""
        while self._leaving and self._leaving[0] <= now_s:
            heapq.heappop(self._leaving)
        return len(self._leaving)

    def take(self, now_s: float, service_s: float) -> float:
        """Let a turn join; returns the seconds until somebody turns to it."""
        begins = max(now_s, heapq.heappop(self._free))
        heapq.heappush(self._free, begins + service_s)
        heapq.heappush(self._leaving, begins + service_s)
        return begins - now_s


def waits(arrivals_s: Sequence[float], *, service_s: float, supervisors: int = 1) -> list[float]:
    """Seconds that each turn waits, when these moments (ascending) were all there is to do."""
    desk = Desk(supervisors)
    return [desk.take(moment, service_s) for moment in arrivals_s]
