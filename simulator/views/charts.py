"""Where the marks of the feedback charts go, in units of their SVG view boxes. Pure functions."""

from dataclasses import dataclass
from math import ceil

from simulator.feedback import WaitTime

BAR_WIDTH = 600.0
STRIP_WIDTH = 380.0
STRIP_LEFT = 20.0
ROW_HEIGHT = 9.0
STEPS_S = (1, 2, 5, 10, 30, 60, 300, 900)  # distances of the ticks
CSS_NAMES = {
    "Probing and Exploring": "probing",
    "Procedural and Factual": "procedural",
    "Expository and Cueing": "expository",
    "Other": "other",
}


@dataclass(frozen=True)
class Segment:
    """A part of the stacked bar; ``share`` is between 0 and 1."""

    label: str
    css: str
    letter: str
    count: int
    share: float
    x: float
    width: float

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Strip:
    """One dot a waiting time, in seconds, stacked where dots would cover each other."""

    dots: list[tuple[float, float]]
    ticks: list[tuple[float, int]]
    median_x: float | None
    box: tuple[float, float] | None
    height: float


def mix_segments(mix: dict[str, int]) -> list[Segment]:
    """The counted questions as parts of one bar, in the order of the types."""
    total = sum(mix.values())
    segments, x = [], 0.0
    for label, count in mix.items():
        share = count / total if total else 0.0
        letter = "F" if label.startswith("Procedural") else label[0]
        segments.append(Segment(label, CSS_NAMES[label], letter, count, share, x, share * BAR_WIDTH))
        x += share * BAR_WIDTH
    return segments


def wait_strip(wait: WaitTime) -> Strip | None:
    """The waiting times along an axis that starts at zero; None when there are none."""
    if not wait.values:
        return None
    step = next((step for step in STEPS_S if max(wait.values) <= 6 * step), 3600)
    end = max(step, ceil(max(wait.values) / step) * step)

    def along(seconds: float) -> float:
        return round(STRIP_LEFT + STRIP_WIDTH * seconds / end, 1)

    columns: dict[int, int] = {}
    dots = []
    for value in sorted(wait.values):
        column = int(along(value) // ROW_HEIGHT)
        row = columns[column] = columns.get(column, 0) + 1
        dots.append((along(value), -(row - 0.5) * ROW_HEIGHT))
    base = max(columns.values()) * ROW_HEIGHT + 10
    box = None
    if wait.p25 is not None and wait.p75 is not None:
        box = (along(wait.p25), round(along(wait.p75) - along(wait.p25), 1))
    return Strip(
        dots=[(x, base + y) for x, y in dots],
        ticks=[(along(tick), tick) for tick in range(0, end + 1, step)],
        median_x=along(wait.median) if wait.median is not None else None,
        box=box,
        height=base,
    )
