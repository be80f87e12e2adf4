"""Reliability diagrams: where the marks go, in units of the SVG's view box. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from models_zoo.manifest import Reliability, ReliabilityBin

SIZE, LEFT, BOTTOM, EDGE = 340.0, 44.0, 40.0, 10.0
PLOT = SIZE - LEFT - EDGE


@dataclass(frozen=True, slots=True)
class Mark:
    """A bin; its area follows the number of answers, the line to the diagonal is its error."""

    x: float
    y: float
    radius: float
    diagonal_y: float
    text: str


@dataclass(frozen=True, slots=True)
class ReliabilityChart:
    """One head: bins before (no temperature) and after, ticks shared by both axes, errors in words."""

    head: str
    before: tuple[Mark, ...]
    after: tuple[Mark, ...]
    ticks: tuple[tuple[float, float, str], ...]
    error_before: float
    error_after: float


def reliability_chart(head: str, diagram: Reliability) -> ReliabilityChart:
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    return ReliabilityChart(
        head=head,
        before=_marks(diagram.before),
        after=_marks(diagram.after),
        ticks=tuple((_x(share), _y(share), f"{share:.0%}") for share in shares),
        error_before=_error(diagram.before),
        error_after=_error(diagram.after),
    )


def _marks(bins: Sequence[ReliabilityBin]) -> tuple[Mark, ...]:
    most = max((one.count for one in bins), default=1)
    return tuple(
        Mark(
            x=_x(one.confidence),
            y=_y(one.accuracy),
            radius=2.5 + 6 * (one.count / most) ** 0.5,
            diagonal_y=_y(one.confidence),
            text=f"{one.confidence:.0%} sure, {one.accuracy:.0%} right, n = {one.count}",
        )
        for one in bins
    )


def _error(bins: Sequence[ReliabilityBin]) -> float:
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.confidence - one.accuracy) for one in bins) / total if total else 0.0


def _x(share: float) -> float:
    return LEFT + PLOT * share


def _y(share: float) -> float:
    return EDGE + (SIZE - EDGE - BOTTOM) * (1 - share)
