"""How much is tried: a little with every run of the tests, much more with ACTS_FUZZ=20."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("ACTS_FUZZ", "1"))
HANGS_AFTER_S = 30


def tries(few: int) -> settings:
    """Settings that draw this many examples, or ACTS_FUZZ times as many."""
    unhelpful = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=few * FACTOR, suppress_health_check=unhelpful, deadline=None)


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail when what is inside takes far longer than anything here may take."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"it has not come back within {HANGS_AFTER_S} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(HANGS_AFTER_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
