"""Where the curves of the Routing pages go, in units of their SVG view boxes. Pure functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from simulator.durations import duration
from simulator.load.replay import Point
from simulator.selectors.routing import TracePoint

LEFT, RIGHT, TOP, BOTTOM = 48.0, 628.0, 12.0, 188.0
CEILINGS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
LONGEST_S = (10, 30, 60, 120, 300, 600, 1800, 3600)
ROUND_COUNTS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 500)


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """A line with an optional band, its axes, and what a script needs to put a marker on it.

    ``marks`` are the line's points as "x,y", one for each threshold, empty where there is nothing to mark.
    """

    line: str
    band: str
    marks: list[str]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    limit_y: float | None = None


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: round(start + (min(max(value, low), high) - low) / (high - low) * (end - start), 1)


def _percents(scale: Callable[[float], float], top: float, steps: int = 4) -> list[Tick]:
    return [Tick(scale(top * step / steps), f"{100 * top * step / steps:g} %") for step in range(steps + 1)]


def _joined(pairs: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in pairs)


def risk_coverage(points: Sequence[Point], *, target: float) -> Chart:
    """Error among the turns answered alone over their share, with its interval."""
    known = [point for point in points if point.error is not None]
    highest = max([target * 1.5, *(point.error or 0.0 for point in known)], default=1.0)
    top = next((value for value in CEILINGS if value >= highest), 1.0)
    x, y = _scale(0.0, 1.0, LEFT, RIGHT), _scale(0.0, top, BOTTOM, TOP)
    upper = [(x(point.coverage), y(point.high)) for point in known]
    lower = [(x(point.coverage), y(point.low)) for point in reversed(known)]
    return Chart(
        line=_joined([(x(point.coverage), y(point.error or 0.0)) for point in known]),
        band=_joined([*upper, *lower]),
        marks=["" if point.error is None else f"{x(point.coverage)},{y(point.error)}" for point in points],
        x_ticks=_percents(x, 1.0),
        y_ticks=_percents(y, top),
        limit_y=y(target),
    )


def load_over_threshold(points: Sequence[Point]) -> Chart:
    """Turns a minute that reach the supervisors, over the threshold."""
    most = max((point.per_minute for point in points), default=0.0)
    top = next((value for value in ROUND_COUNTS if value >= most), most or 1.0)
    return _over_threshold(points, lambda point: point.per_minute, top, "{:g}".format)


def wait_over_threshold(points: Sequence[Point], *, limit_s: float) -> Chart:
    """The mean wait for one supervisor, over the threshold, with the limit that the study has set."""
    most = max([limit_s, *(point.wait_s for point in points)])
    top = float(next((value for value in LONGEST_S if value >= most), most))
    chart = _over_threshold(points, lambda point: point.wait_s, top, duration)
    return Chart(
        chart.line, "", chart.marks, chart.x_ticks, chart.y_ticks, _scale(0.0, top, BOTTOM, TOP)(limit_s)
    )


def _over_threshold(
    points: Sequence[Point], value: Callable[[Point], float], top: float, text: Callable[[float], str]
) -> Chart:
    x, y = _scale(0.0, 1.0, LEFT, RIGHT), _scale(0.0, top, BOTTOM, TOP)
    pairs = [(x(point.threshold), y(value(point))) for point in points]
    return Chart(
        line=_joined(pairs),
        band="",
        marks=[f"{a},{b}" for a, b in pairs],
        x_ticks=[Tick(x(step / 4), f"{step / 4:g}") for step in range(5)],
        y_ticks=[Tick(y(top * step / 4), text(round(top * step / 4, 3))) for step in range(5)],
    )


def over_time(trace: Sequence[TracePoint]) -> Chart | None:
    """The threshold turn by turn; None with fewer than two turns."""
    if len(trace) < 2:
        return None
    first, last = trace[0].at, trace[-1].at
    x = _scale(0.0, float(len(trace) - 1), LEFT, RIGHT)
    y = _scale(0.0, 1.0, BOTTOM, TOP)
    pairs = [(x(place), y(point.threshold)) for place, point in enumerate(trace)]
    return Chart(
        line=_joined(pairs),
        band="",
        marks=[f"{a},{b}" for a, b in pairs],
        x_ticks=[Tick(LEFT, _moment(first)), Tick(RIGHT, _moment(last))],
        y_ticks=[Tick(y(step / 4), f"{step / 4:g}") for step in range(5)],
    )


def wait_over_time(trace: Sequence[TracePoint], *, limit_s: float) -> Chart | None:
    """The expected wait turn by turn, on the same axis; None with fewer than two turns."""
    if len(trace) < 2:
        return None
    most = max([limit_s, *(point.expected_wait_s for point in trace)])
    top = float(next((value for value in LONGEST_S if value >= most), most))
    x, y = _scale(0.0, float(len(trace) - 1), LEFT, RIGHT), _scale(0.0, top, BOTTOM, TOP)
    pairs = [(x(place), y(point.expected_wait_s)) for place, point in enumerate(trace)]
    return Chart(
        line=_joined(pairs),
        band="",
        marks=[],
        x_ticks=[Tick(LEFT, _moment(trace[0].at)), Tick(RIGHT, _moment(trace[-1].at))],
        y_ticks=[Tick(y(top * step / 4), duration(top * step / 4)) for step in range(5)],
        limit_y=y(limit_s),
    )


def _moment(at: datetime) -> str:
    return f"{at:%d %b %H:%M} UTC"
