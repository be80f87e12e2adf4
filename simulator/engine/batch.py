"""How many turns an engine takes at once: all that wait, as long as it answers them within their leases."""

from simulator.selectors.live import TAKE_AT_MOST
from simulator.services.turn import ENGINE_LEASE

FIRST = 2  # before anything is known about the model's speed
LEASE_SHARE = 0.25  # of the lease: a busy machine may be four times as slow as it was a moment ago
MEMORY = 0.7  # of the old estimate at each batch


class BatchSize:
    """Grows to whole batches with a model that reads quickly, stays at a few turns with one that does not.

    The turns of a batch are read together and wait for each other, and a turn that outlives its lease is
    taken by another engine, which would do the work twice.
    """

    def __init__(self) -> None:
        self._seconds_each: float | None = None

    @property
    def limit(self) -> int:
        """How many turns to take next."""
        if self._seconds_each is None:
            return FIRST
        within = LEASE_SHARE * ENGINE_LEASE.total_seconds() / max(self._seconds_each, 1e-6)
        return max(1, min(TAKE_AT_MOST, int(within)))

    def took(self, turns: int, seconds: float) -> None:
        """Learn from a batch; a slower one counts at once, a quicker one little by little."""
        each = seconds / turns
        if self._seconds_each is None or each > self._seconds_each:
            self._seconds_each = each
        else:
            self._seconds_each = MEMORY * self._seconds_each + (1 - MEMORY) * each
