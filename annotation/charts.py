"""Where the marks of the charts go, in units of their SVG view boxes. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10
from typing import Any

WIDTH, HEIGHT = 640.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 12.0, 12.0, 30.0
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the plot with its figure."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """A mark of the takeover chart; its area follows the number of turns."""

    x: float
    y: float
    radius: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """The points of one model version, in order."""

    name: str
    style: int
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True, slots=True)
class RateChart:
    """Takeover rate by hour, a line for each version. Hours without a turn take no room."""

    lines: tuple[Line, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]


def rate_chart(series: Mapping[str, Sequence[Any]]) -> RateChart:
    """Args: series: version -> points with ``hour``, ``turns``, ``takeovers`` and ``rate``."""
    hours = sorted({point.hour for points in series.values() for point in points})
    place = {hour: LEFT + PLOT_WIDTH * (index + 0.5) / len(hours) for index, hour in enumerate(hours)}
    most = max((point.turns for points in series.values() for point in points), default=1)
    lines = []
    for style, (version, points) in enumerate(series.items()):
        marks = tuple(
            Point(
                x=place[point.hour],
                y=TOP + PLOT_HEIGHT * (1 - point.rate),
                radius=3 + 5 * (point.turns / most) ** 0.5,
                text=f"{point.hour:%d %b %H:%M}: {point.takeovers} / {point.turns} ({point.rate:.0%})",
            )
            for point in points
        )
        lines.append(Line(version, style % 4, marks))
    y_ticks = tuple(
        Tick(TOP + PLOT_HEIGHT * (1 - share), f"{share:.0%}") for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    shown = hours[:: ceil(len(hours) / 6)] if hours else []
    return RateChart(tuple(lines), y_ticks, tuple(Tick(place[hour], f"{hour:%d %b %H:%M}") for hour in shown))


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: labels with a suggestion shown below, labels without one on top."""

    x: float
    width: float
    assisted_y: float
    assisted_height: float
    alone_y: float
    alone_height: float
    text: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Labels a day."""

    bars: tuple[Bar, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    total: int


def bar_chart(days: Sequence[tuple[date, int, int]]) -> BarChart:
    """Args: days: (day, labels with a suggestion shown, labels without), without gaps."""
    top = _round_up(max((assisted + alone for _, assisted, alone in days), default=0))
    step = PLOT_WIDTH / max(1, len(days))
    bars = []
    for index, (day, assisted, alone) in enumerate(days):
        assisted_height, alone_height = PLOT_HEIGHT * assisted / top, PLOT_HEIGHT * alone / top
        base = TOP + PLOT_HEIGHT
        bars.append(
            Bar(
                x=LEFT + step * index + step * 0.15,
                width=step * 0.7,
                assisted_y=base - assisted_height,
                assisted_height=assisted_height,
                alone_y=base - assisted_height - alone_height,
                alone_height=alone_height,
                text=f"{day:%d %b}: {assisted} + {alone}",
            )
        )
    y_ticks = tuple(Tick(TOP + PLOT_HEIGHT * (1 - share), f"{top * share:g}") for share in (0.0, 0.5, 1.0))
    x_ticks = tuple(Tick(LEFT + step * (i + 0.5), f"{days[i][0]:%d %b}") for i in range(0, len(days), 7))
    return BarChart(tuple(bars), y_ticks, x_ticks, sum(a + b for _, a, b in days))


def _round_up(value: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100, ...: a top whose half is a whole number."""
    if value <= 2:
        return 2
    unit = int(10 ** int(log10(value)))
    return next(unit * step for step in (1, 2, 4, 10, 20) if unit * step >= value and unit * step % 2 == 0)


@dataclass(frozen=True, slots=True)
class IntervalMark:
    """A score with its interval on a line from 0 to 100."""

    low: float
    value: float
    high: float


def interval_mark(metric: Mapping[str, float], *, width: float = 100.0) -> IntervalMark:
    return IntervalMark(width * metric["low"], width * metric["value"], width * metric["high"])
