"""The line of a watched comparison: the difference so far and its anytime-valid band."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LEFT, RIGHT, TOP, BOTTOM = 56, 628, 12, 180
STEPS = (0.25, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class WatchChart:
    """Places on a 640 x 216 canvas; ``band`` and ``path`` are points of a polygon and a polyline."""

    path: str
    band: str
    zero_y: float
    y_ticks: list[tuple[float, str]]
    x_ticks: list[tuple[float, str]]


def watch_chart(watched: dict[str, Any], *, ratio: bool) -> WatchChart:
    """Args: ratio: the values are logarithms, and the axis shows what they are the logarithms of."""
    found: Sequence[dict[str, float]] = watched["looks"]
    last = found[-1]["n"]
    # The first looks are wide; the axis follows the second half, where the eye goes.
    late = [look for look in found if look["n"] >= last / 2]
    reach = max(0.2, *(max(abs(look["low"]), abs(look["high"])) for look in late))

    def x(n: float) -> float:
        return LEFT + (RIGHT - LEFT) * n / last

    def y(value: float) -> float:
        return TOP + (BOTTOM - TOP) * (reach - max(-reach, min(reach, value))) / (2 * reach)

    above = [(x(look["n"]), y(look["high"])) for look in found]
    below = [(x(look["n"]), y(look["low"])) for look in reversed(found)]
    ticks = [math.log(step) for step in STEPS] if ratio else [-reach, -reach / 2, 0, reach / 2, reach]
    return WatchChart(
        path=_points([(x(look["n"]), y(look["value"])) for look in found]),
        band=_points(above + below),
        zero_y=y(0),
        y_ticks=[
            (y(tick), f"{math.exp(tick):.2g} ×" if ratio else f"{tick:+.2f}")
            for tick in ticks
            if abs(tick) <= reach
        ],
        x_ticks=[(x(last * share), f"{round(last * share)}") for share in (0.25, 0.5, 0.75, 1.0)],
    )


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
