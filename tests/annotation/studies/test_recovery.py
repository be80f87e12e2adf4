"""Planted effects are found at the stated error rates, and effects that were not planted are not."""

from collections.abc import Callable

import numpy as np
import pytest

from annotation.studies.arms import Arm
from annotation.studies.inference import Effect, rate_difference, time_ratio
from annotation.studies.sequential import looks
from annotation.studies.simulation import Truth, simulated

RUNS = 200
# 95 % of 200 is 190; fewer than 180 or a false alarm more than 20 times is a one in a thousand event.
LEAST_COVERED, MOST_ALARMS = 180, 20
ARMS = (Arm.CLASSICAL, Arm.ASSISTED)

pytestmark = pytest.mark.slow


def effects(truth: Truth, analyse: Callable[..., Effect], items: int = 120) -> list[Effect]:
    return [analyse(simulated(truth, items=items, seed=seed), *ARMS) for seed in range(RUNS)]


def covered(found: list[Effect], truth: float) -> int:
    return sum(effect.low <= truth <= effect.high for effect in found)


def test_finds_a_planted_ratio_of_times():
    found = effects(Truth(time_ratio=0.7), time_ratio)
    assert covered(found, 0.7) >= LEAST_COVERED
    assert np.median([effect.value for effect in found]) == pytest.approx(0.7, rel=0.05)
    assert sum(effect.p < 0.05 for effect in found) > RUNS / 2


def test_finds_no_time_effect_where_there_is_none():
    found = effects(Truth(), time_ratio)
    assert covered(found, 1.0) >= LEAST_COVERED
    assert sum(effect.p < 0.05 for effect in found) <= MOST_ALARMS


def test_finds_what_anchoring_does_to_the_accuracy():
    truth = Truth(accuracy=0.9, model_accuracy=0.6, anchoring=0.5)
    found = effects(truth, rate_difference)
    assert covered(found, truth.accuracy_effect) >= LEAST_COVERED


def test_finds_anchoring_as_agreement_beyond_that_with_the_hidden_suggestion():
    truth = Truth(accuracy=0.9, model_accuracy=0.6, anchoring=0.5)
    # An answer of one's own agrees when both are right, or wrong alike (one of three wrong labels).
    by_chance = 0.9 * 0.6 + 0.1 * 0.4 / 3
    found = effects(truth, lambda frame, base, arm: rate_difference(frame, base, arm, "agrees"))
    assert covered(found, truth.anchoring * (1 - by_chance)) >= LEAST_COVERED


def test_watching_all_the_time_keeps_the_error_rate():
    """At most 5 % of the studies without an effect ever have a look that excludes zero."""
    for outcome in ("log_seconds", "right"):
        stopped = sum(
            any(look.decided for look in looks(simulated(Truth(), items=250, seed=seed), *ARMS, outcome))
            for seed in range(RUNS)
        )
        assert stopped <= MOST_ALARMS


def test_a_large_effect_ends_the_study_early():
    stops = []
    for seed in range(20):
        found = looks(simulated(Truth(time_ratio=0.5), items=500, seed=seed), *ARMS, "log_seconds")
        stops.append(next(look.n for look in found if look.decided))
    assert np.median(stops) < 500
