"""The load governor: how far the threshold rises when teachers would have to wait. Pure functions.

One supervisor serves many rooms. The threshold rests where the researcher put it; while the expected wait
is below half the limit it stays there, from there to the limit it rises in proportion, and at the limit
it stands at its highest: what the guarantee supports. More uncertainty is then accepted and fewer turns
reach the supervisor. It never rises above the guarantee and never falls below its resting place.

Why it cannot oscillate. The rule keeps no memory: the threshold is a function of the present queue alone,
and never falls as the queue grows. The queue therefore grows by one at a rate that falls with its length,
and shrinks by one as turns are served: a birth-death chain. Such chains are reversible, their generators
have real eigenvalues only, and the autocovariance of any function of the state, so of the threshold too,
is a sum of decaying exponentials with positive weights: it falls towards zero and never swings below it.
With nothing accumulated there is nothing to wind up. In the large the queue follows dq/dt = arrivals(q) -
service, with arrivals falling in q: one dimension, one attracting point, approached from one side.
"""

from collections.abc import Sequence
from dataclasses import dataclass

RELAXED = 0.5  # share of the limit below which nothing happens
USUAL_SERVICE_S = 20.0  # until enough turns have been answered to know
FEWEST_SERVED = 5


@dataclass(frozen=True)
class Load:
    """What waits for the supervisors of a study right now.

    ``waiting`` turns stand before them, each takes ``service_s`` seconds of one of ``supervisors`` people.
    """

    waiting: int
    service_s: float = USUAL_SERVICE_S
    supervisors: int = 1

    @property
    def expected_wait_s(self) -> float:
        """Seconds until a supervisor would turn to a turn that joined the queue now."""
        return self.waiting * self.service_s / max(1, self.supervisors)


def pressure(expected_wait_s: float, *, limit_s: float) -> float:
    """How hard the governor pushes, from 0 (at rest) to 1 (the wait is at its limit or beyond)."""
    relaxed_s = RELAXED * limit_s
    return min(1.0, max(0.0, (expected_wait_s - relaxed_s) / (limit_s - relaxed_s)))


def governed(*, resting: float, highest: float, push: float) -> float:
    """The threshold in force: between its resting place and the highest that is allowed."""
    return resting + push * max(0.0, highest - resting)


def spent_each(times: Sequence[tuple[float, float]]) -> list[float]:
    """Seconds that one supervisor spent on each turn, from (opened, decided) moments in the order decided.

    A turn that waited behind another counts from when that one was done: this is the time at work on it.
    """
    spent, free_from = [], float("-inf")
    for opened, decided in times:
        spent.append(max(0.0, decided - max(opened, free_from)))
        free_from = decided
    return spent


def service_seconds(spent: Sequence[float]) -> float:
    """The mean time at work on a turn; the usual one until enough turns have been answered to know."""
    return sum(spent) / len(spent) if len(spent) >= FEWEST_SERVED else USUAL_SERVICE_S
