"""Where the marks of the quality page's charts go. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from annotation.charts import LEFT, PLOT_HEIGHT, PLOT_WIDTH, TOP, Tick

LEAST, MOST = -0.2, 1.0  # agreement below -0.2 is drawn at the edge; its figure is in the table


@dataclass(frozen=True, slots=True)
class TrendPoint:
    x: float
    y: float
    low_y: float | None
    high_y: float | None
    begins: date
    agreement: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Alpha by day or week with its interval."""

    points: tuple[TrendPoint, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    weekly: bool

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


def height_of(value: float) -> float:
    """A value of agreement as a height in the plot."""
    share = (min(max(value, LEAST), MOST) - LEAST) / (MOST - LEAST)
    return TOP + PLOT_HEIGHT * (1 - share)


def trend_chart(trend: Sequence[Mapping[str, Any]]) -> TrendChart:
    """Args: trend: periods with ``begins`` (ISO date), ``weekly`` and ``alpha``; undefined ones go."""
    known = [each for each in trend if each["alpha"]["value"] is not None]
    points = []
    for number, each in enumerate(known):
        alpha = each["alpha"]
        points.append(
            TrendPoint(
                x=LEFT + PLOT_WIDTH * (number + 0.5) / len(known),
                y=height_of(alpha["value"]),
                low_y=None if alpha["low"] is None else height_of(alpha["low"]),
                high_y=None if alpha["high"] is None else height_of(alpha["high"]),
                begins=date.fromisoformat(each["begins"]),
                agreement=alpha,
            )
        )
    every = max(1, ceil(len(points) / 8))
    return TrendChart(
        points=tuple(points),
        y_ticks=tuple(Tick(height_of(value), f"{value:g}") for value in (0.0, 0.25, 0.5, 0.75, 1.0)),
        x_ticks=tuple(Tick(point.x, f"{point.begins:%d %b}") for point in points[::every]),
        weekly=bool(known and known[0]["weekly"]),
    )
