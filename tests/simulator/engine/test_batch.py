"""How many turns an engine takes at once."""

from simulator.engine.batch import FIRST, LEASE_SHARE, BatchSize
from simulator.selectors.live import TAKE_AT_MOST
from simulator.services.turn import ENGINE_LEASE


def after(*batches: tuple[int, float]) -> BatchSize:
    size = BatchSize()
    for turns, seconds in batches:
        size.took(turns, seconds)
    return size


def test_it_begins_with_few():
    assert BatchSize().limit == FIRST


def test_a_quick_model_takes_every_room():
    assert after((2, 0.01)).limit == TAKE_AT_MOST


def test_a_slow_model_never_takes_more_than_its_lease_allows():
    size = after((2, 0.6))
    assert size.limit * 0.3 <= LEASE_SHARE * ENGINE_LEASE.total_seconds()
    assert after((2, 100.0)).limit == 1


def test_one_slow_batch_counts_at_once_and_a_quick_one_little_by_little():
    size = after((10, 0.05), (10, 5.0))
    cautious = size.limit
    assert cautious < TAKE_AT_MOST
    size.took(10, 0.05)
    assert cautious <= size.limit < TAKE_AT_MOST
