"""Where the marks of the compression page's chart go: a row a version, a column a cost. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat

from annotation.selectors.compression import CostRow

NAME_WIDTH, COLUMN_WIDTH, GAP, ROW_HEIGHT, TOP = 96.0, 176.0, 24.0, 34.0, 34.0
TEXT_ROOM = 76.0  # beside a bar, for its figure
MOST_ROWS = 12  # a longer chart says less; the table has them all


@dataclass(frozen=True, slots=True)
class Cell:
    """A bar from ``x`` of ``width``, None where nothing was measured; its figure is at ``text_x``."""

    x: float
    width: float | None
    text: str
    text_x: float


@dataclass(frozen=True, slots=True)
class Quality:
    """An interval with its value, on a line that ends at ``end``."""

    low: float
    value: float
    high: float
    end: float
    text: str
    text_x: float


@dataclass(frozen=True, slots=True)
class ChartRow:
    name: str
    is_current: bool
    y: float
    size: Cell
    parameters: Cell
    latency: Cell
    quality: Quality | None


@dataclass(frozen=True, slots=True)
class CostChart:
    """``columns``: where each begins, in the order size, parameters, quality, latency.

    The quality's line begins at ``least_quality``, the ten per cent below the lowest interval, and ends at 1.
    """

    rows: tuple[ChartRow, ...]
    columns: tuple[float, ...]
    least_quality: str
    width: float
    height: float


def cost_chart(costs: Sequence[CostRow]) -> CostChart:
    """The newest versions, every bar in proportion to its column's largest."""
    shown = list(costs)[:MOST_ROWS]
    columns = tuple(NAME_WIDTH + place * (COLUMN_WIDTH + GAP) for place in range(4))
    size, parameters, quality, latency = columns
    most_size = max((row.size_bytes for row in shown), default=1)
    most_parameters = max((row.parameters for row in shown), default=1)
    most_ms = max((row.latency.p50_ms for row in shown if row.latency), default=1.0)
    floor = min((int(row.quality.low * 10) / 10 for row in shown if row.quality), default=0.0)
    floor = min(floor, 0.9)
    rows = tuple(
        ChartRow(
            name=row.version.short,
            is_current=row.version.is_current,
            y=TOP + place * ROW_HEIGHT,
            size=_bar(size, row.size_bytes, most_size, filesizeformat(row.size_bytes)),
            parameters=_bar(parameters, row.parameters, most_parameters, f"{row.parameters:,}"),
            latency=_bar(latency, row.latency.p50_ms if row.latency else None, most_ms, _milliseconds(row)),
            quality=_quality(quality, row, floor),
        )
        for place, row in enumerate(shown)
    )
    width, height = columns[-1] + COLUMN_WIDTH, TOP + len(shown) * ROW_HEIGHT
    return CostChart(rows, columns, f"{floor * 100:.0f} %", width, height)


def _bar(x: float, value: float | None, most: float, text: str) -> Cell:
    if value is None:
        return Cell(x, None, text, x)
    width = (COLUMN_WIDTH - TEXT_ROOM) * value / max(most, 1e-9)
    return Cell(x, width, text, x + width + 6)


def _milliseconds(row: CostRow) -> str:
    return f"{row.latency.p50_ms:,.0f} ms" if row.latency else "–"


def _quality(x: float, row: CostRow, floor: float) -> Quality | None:
    metric = row.quality
    if metric is None:
        return None
    room = COLUMN_WIDTH - TEXT_ROOM
    low, value, high = (
        x + room * (share - floor) / (1 - floor) for share in (metric.low, metric.value, metric.high)
    )
    return Quality(low, value, high, x + room, f"{metric.value * 100:.1f} %", x + room + 6)
