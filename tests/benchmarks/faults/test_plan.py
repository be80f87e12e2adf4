"""The seed alone decides which faults come, and when."""

from collections import Counter
from itertools import islice

from benchmarks.faults.plan import CLOCK_S, WEIGHTS, faults

KINDS = ["cut", "kill_web", "disk", "clock"]


def test_a_seed_reproduces_the_plan():
    first, second, other = (list(islice(faults(seed, KINDS, mean_pause_s=2.0), 200)) for seed in (7, 7, 8))
    assert first == second
    assert first != other


def test_only_what_can_be_done_here_is_planned_as_often_as_its_weight_asks():
    planned = list(islice(faults(1, KINDS, mean_pause_s=2.0), 4000))
    counts = Counter(fault.kind for fault in planned)
    assert set(counts) == set(KINDS)
    asked = {kind: WEIGHTS[kind] / sum(WEIGHTS[one] for one in KINDS) for kind in KINDS}
    assert all(abs(counts[kind] / 4000 - asked[kind]) < 0.03 for kind in KINDS)
    assert abs(sum(fault.pause_s for fault in planned) / 4000 - 2.0) < 0.2
    clocks = [fault.size for fault in planned if fault.kind == "clock"]
    assert min(clocks) < 0 < max(clocks)
    assert max(map(abs, clocks)) <= CLOCK_S
