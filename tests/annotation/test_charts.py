from dataclasses import dataclass
from datetime import date, datetime

import pytest

from annotation.charts import HEIGHT, WIDTH, bar_chart, rate_chart
from annotation.reliability_chart import reliability_chart
from models_zoo.manifest import Reliability, ReliabilityBin


@dataclass
class Hour:
    hour: datetime
    turns: int
    takeovers: int

    @property
    def rate(self) -> float:
        return self.takeovers / self.turns


def test_a_lower_rate_lies_lower_and_all_marks_lie_within_the_view_box():
    series = {"a": [Hour(datetime(2026, 1, 1, 9), 10, 10), Hour(datetime(2026, 1, 1, 10), 10, 0)]}
    (line,) = rate_chart(series).lines
    assert line.points[0].y < line.points[1].y
    assert line.points[0].x < line.points[1].x
    assert all(0 <= point.x <= WIDTH and 0 <= point.y <= HEIGHT for point in line.points)


def test_versions_share_the_axis_of_hours():
    nine, ten = datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 10)
    chart = rate_chart({"old": [Hour(nine, 4, 2), Hour(ten, 4, 2)], "new": [Hour(ten, 8, 1)]})
    assert chart.lines[0].points[1].x == chart.lines[1].points[0].x
    assert chart.lines[0].style != chart.lines[1].style


def test_no_turns_draw_no_line():
    chart = rate_chart({})
    assert chart.lines == ()
    assert chart.x_ticks == ()


def test_bars_stand_on_each_other_and_fill_at_most_the_plot():
    chart = bar_chart([(date(2026, 1, 1), 3, 1), (date(2026, 1, 2), 0, 0)])
    full, empty = chart.bars
    assert full.alone_y + full.alone_height == full.assisted_y
    assert full.assisted_height == 3 * full.alone_height
    assert (empty.assisted_height, empty.alone_height) == (0, 0)
    assert chart.total == 4


def test_the_axis_ends_at_a_number_whose_half_is_whole():
    for count in range(1, 300):
        top = int(bar_chart([(date(2026, 1, 1), count, 0)]).y_ticks[-1].text)
        assert top >= count
        assert top % 2 == 0


def test_a_bin_on_the_diagonal_is_as_right_as_it_is_sure():
    right = ReliabilityBin(count=10, confidence=0.7, accuracy=0.7)
    overbold = ReliabilityBin(count=40, confidence=0.9, accuracy=0.6)
    chart = reliability_chart("question_type", Reliability(before=(overbold,), after=(right, overbold)))
    on, under = chart.after
    assert on.y == on.diagonal_y
    assert under.y > under.diagonal_y  # the view box's y grows downwards
    assert under.radius > on.radius
    assert chart.error_before == pytest.approx(0.3)
    assert chart.error_after == pytest.approx(0.24)
