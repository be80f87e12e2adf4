"""Where the marks of the feedback charts stand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_zoo.labels import QUESTION_TYPES
from simulator.feedback import WaitTime
from simulator.views.charts import BAR_WIDTH, CSS_NAMES, STRIP_LEFT, STRIP_WIDTH, mix_segments, wait_strip

SECONDS = st.floats(min_value=0, max_value=7200, allow_nan=False)


def test_every_question_type_has_a_mark():
    assert set(CSS_NAMES) == set(QUESTION_TYPES)


def test_segments_lie_side_by_side_and_fill_the_bar():
    segments = mix_segments(dict(zip(QUESTION_TYPES, (3, 1, 0, 4), strict=True)))
    for left, right in pairwise(segments):
        assert left.x + left.width == pytest.approx(right.x)
    assert segments[-1].x + segments[-1].width == pytest.approx(BAR_WIDTH)
    assert [segment.percent for segment in segments] == [38, 12, 0, 50]


def test_no_counted_question_draws_no_bar():
    assert all(segment.width == 0 for segment in mix_segments(dict.fromkeys(QUESTION_TYPES, 0)))


def test_without_waiting_times_there_is_no_strip():
    assert wait_strip(WaitTime([])) is None


@given(st.lists(SECONDS, min_size=1, max_size=40))
def test_every_waiting_time_has_a_dot_between_the_ends_of_the_axis(values: list[float]):
    strip = wait_strip(WaitTime(values))
    assert strip is not None
    assert len(strip.dots) == len(values)
    assert all(STRIP_LEFT <= x <= STRIP_LEFT + STRIP_WIDTH for x, _ in strip.dots)
    assert all(0 <= y <= strip.height for _, y in strip.dots)
    assert len(strip.ticks) <= 8


def test_equal_waiting_times_are_stacked():
    strip = wait_strip(WaitTime([4.0, 4.0, 4.0]))
    assert strip is not None
    assert len({y for _, y in strip.dots}) == 3
