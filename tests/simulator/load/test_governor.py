"""The governor keeps waits down within its bounds, and neither theory nor play shows it swing."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.load.governor import Load, governed, pressure, service_seconds, spent_each
from simulator.load.rooms import Line, Room, Routed, Rule, Setting, play

REST, HIGHEST, LIMIT_S = 0.2, 0.6, 60.0
loads = st.builds(Load, st.integers(0, 500), st.floats(0.1, 600.0), st.integers(1, 20))


def governor(load: Load) -> float:
    return governed(resting=REST, highest=HIGHEST, push=pressure(load.expected_wait_s, limit_s=LIMIT_S))


def at_rest(_load: Load) -> float:
    return REST


def teachers(begins_s: Callable[[int], float], rooms: int, turns: int, seed: int = 1) -> list[Room]:
    draw = random.Random(seed)
    return [
        Room(
            begins_s(number),
            [Line(draw.expovariate(1 / 30), draw.betavariate(1.2, 2.5)) for _ in range(turns)],
        )
        for number in range(rooms)
    ]


def sampled(routed: list[Routed], start_s: float, end_s: float, every_s: float = 5.0) -> np.ndarray:
    """The threshold as a clock would read it."""
    moments = np.array([turn.at_s for turn in routed])
    values = np.array([turn.threshold for turn in routed])
    return values[np.searchsorted(moments, np.arange(start_s, end_s, every_s)) - 1]


def lowest_autocorrelation(series: np.ndarray, lags: int = 60) -> float:
    """Most negative correlation of a series with itself later on: near -1 for a swing, near 0 for none."""
    centred = series - series.mean()
    return min((centred[:-lag] * centred[lag:]).mean() for lag in range(1, lags)) / centred.var()


@given(loads, loads)
def test_a_longer_wait_never_lowers_the_threshold_and_the_bounds_hold(first: Load, second: Load):
    low, high = sorted((first, second), key=lambda load: load.expected_wait_s)
    assert REST <= governor(low) <= governor(high) <= HIGHEST


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_it_never_goes_above_what_is_allowed(resting: float, highest: float, push: float):
    assert resting <= governed(resting=resting, highest=highest, push=push) <= max(resting, highest) + 1e-12


@pytest.mark.parametrize("turns_a_minute", [2.0, 6.0, 20.0])
def test_the_thresholds_autocovariance_falls_and_never_swings_below_zero(turns_a_minute: float):
    """Exactly, for Poisson arrivals: in its own measure the queue's generator is symmetric."""
    size, served = 60, 3.0
    thresholds = np.array([governor(Load(waiting)) for waiting in range(size)])
    joins = turns_a_minute * (1 - thresholds[:-1])
    weight = np.concatenate([[0.0], np.cumsum(np.log(joins / served))])
    root = np.exp((weight - weight.max()) / 2)
    root /= np.linalg.norm(root)
    symmetric = np.diag(np.sqrt(joins * served), 1) + np.diag(np.sqrt(joins * served), -1)
    symmetric -= np.diag(np.append(joins, 0.0) + np.insert(np.full(size - 1, served), 0, 0.0))
    rates, modes = np.linalg.eigh(symmetric)
    assert rates.max() < 1e-9
    centred = (thresholds - (root**2 * thresholds).sum()) * root
    strength = (modes.T @ centred) ** 2
    covariance = [(strength * np.exp(rates * minutes)).sum() for minutes in np.linspace(0.0, 60.0, 200)]
    assert (np.diff(covariance) <= 1e-12).all()
    assert min(covariance) > -1e-9


def test_under_a_steady_load_it_does_not_swing_and_a_lagging_integral_does():
    """The contrast shows that the measure can tell."""

    class Integral:
        """Adds up what it measured a minute ago, as a governor would that looks at answered turns."""

        def __init__(self) -> None:
            self.level, self.seen = 0.0, [0.0] * 15

        def __call__(self, load: Load) -> float:
            self.seen = [*self.seen[1:], load.expected_wait_s]
            self.level = min(1.0, max(0.0, self.level + 0.004 * (self.seen[0] - LIMIT_S)))
            return REST + self.level * (HIGHEST - REST)

    def lowest(rule: Rule) -> float:
        routed = play(teachers(lambda _room: 0.0, rooms=8, turns=600), rule)
        return lowest_autocorrelation(sampled(routed, 600.0, 15_000.0))

    assert lowest(governor) > -0.15
    assert lowest(Integral()) < -0.3


def test_a_step_in_load_is_followed_without_overshoot_and_left_again():
    rooms = [
        *teachers(lambda _room: 0.0, rooms=2, turns=150),
        *teachers(lambda _room: 1800.0, rooms=10, turns=60, seed=2),
    ]
    routed = play(rooms, governor)
    before, after = sampled(routed, 300.0, 1800.0).mean(), sampled(routed, 2400.0, 3600.0)
    windows = sampled(routed, 1800.0, 3600.0).reshape(6, -1).mean(axis=1)
    assert before < REST + 0.1
    assert after.mean() > before + 0.2
    assert windows.max() < after.mean() + 0.08
    assert sampled(routed, routed[-1].at_s - 400.0, routed[-1].at_s).mean() < REST + 0.1


def test_a_ramp_is_followed_upwards():
    routed = play(teachers(lambda number: 300.0 * number, rooms=12, turns=200), governor)
    windows = sampled(routed, 0.0, 3600.0).reshape(6, -1).mean(axis=1)
    assert (np.diff(windows) > -0.05).all()
    assert windows[-1] > windows[0] + 0.2


@pytest.mark.parametrize("rooms", [6, 8, 10])
def test_teachers_wait_less_than_with_the_threshold_at_rest(rooms: int):
    def mean_wait(rule: Rule) -> float:
        routed = play(teachers(lambda _room: 0.0, rooms=rooms, turns=200), rule)
        return float(np.mean([turn.wait_s for turn in routed if not turn.alone]))

    assert mean_wait(governor) < 0.6 * mean_wait(at_rest)


def test_one_seed_gives_one_play():
    rooms = teachers(lambda _room: 0.0, rooms=5, turns=50)
    assert play(rooms, governor, Setting(seed=4)) == play(rooms, governor, Setting(seed=4))
    assert play(rooms, governor, Setting(seed=4)) != play(rooms, governor, Setting(seed=5))


def test_the_time_at_a_turn_is_counted_from_when_the_one_before_was_done():
    assert spent_each([(0.0, 10.0), (1.0, 25.0), (100.0, 107.0)]) == [10.0, 15.0, 7.0]
    assert service_seconds([10.0] * 4) == 20.0
    assert service_seconds([10.0] * 5) == 10.0
