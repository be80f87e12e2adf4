"""The figures as one SVG: score against trained parameters, and score against the learning rate.

It draws its own light ground, so that it reads on a dark page too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

from benchmarks.adapters_glue.tasks import Task

WIDTH, PANEL_WIDTH, PANEL_HEIGHT, LEGEND = 920, 450, 270, 60
LEFT, RIGHT, TOP, BOTTOM = 50, 14, 30, 40
COLOURS = {
    "probe": "#6b7280",
    "full": "#111827",
    "houlsby": "#8a5a2b",
    "lora": "#c05f00",
    "cp": "#1d5fc4",
    "tucker": "#0f7b52",
    "tensor_train": "#8436b8",
    "tensor_ring": "#c02647",
}
SOFT = 'fill="#4b5563"'
TITLES = {"mrpc": "MRPC", "stsb": "STS-B", "sst2": "SST-2", "mathdial": "MathDial moves"}
Row = Mapping[str, Any]  # of the figures
Spread = Mapping[str, Mapping[float, Sequence[float]]]  # method -> learning rate -> score of each seed


@dataclass(frozen=True, slots=True)
class Axes:
    """A panel's place and ranges; the horizontal axis is logarithmic."""

    x: float
    y: float
    low: float
    high: float
    bottom: float
    top: float

    def across(self, value: float) -> float:
        share = (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return self.x + LEFT + share * (PANEL_WIDTH - LEFT - RIGHT)

    def up(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return self.y + PANEL_HEIGHT - BOTTOM - share * (PANEL_HEIGHT - TOP - BOTTOM)


def draw(rows: Sequence[Row], tasks: Mapping[str, Task], stability: Mapping[str, Spread]) -> str:
    """Args: rows: as in the figures; stability: task -> spread."""
    panels = [_scores([row for row in rows if row["task"] == name], task) for name, task in tasks.items()]
    panels += [_rates(name, spread, tasks[name].metric) for name, spread in stability.items()]
    height = LEGEND + ceil(len(panels) / 2) * PANEL_HEIGHT + 10
    placed = [_placed(place, panel) for place, panel in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#1f2937">'
        "<title>Scores of adapted encoders against trained parameters and learning rate</title>"
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#fbfbf8"/>{_legend()}{"".join(placed)}</svg>\n'
    )


def _placed(place: int, panel: str) -> str:
    x, y = 10 + place % 2 * PANEL_WIDTH, LEGEND + place // 2 * PANEL_HEIGHT
    return f'<g transform="translate({x},{y})">{panel}</g>'


def _legend() -> str:
    marks = [
        f'<g transform="translate({24 + place * 110},20)"><circle r="5" fill="{colour}"/>'
        f'<text x="10" dy="4">{name.replace("_", " ")}</text></g>'
        for place, (name, colour) in enumerate(COLOURS.items())
    ]
    note = "circle: parallel, square: serial, diamond: neither; whiskers: 95 % interval over seeds and rows"
    return "".join(marks) + f'<text x="18" y="46" {SOFT}>{note}</text>'


def _scores(rows: Sequence[Row], task: Task) -> str:
    title = f"{TITLES.get(task.name, task.name)}, {task.metric}"
    if not rows:
        return f'<text x="{LEFT}" y="20" font-weight="600">{escape(title)}: nothing finished yet</text>'
    params = [row["params"] for row in rows]
    ends = [row[end] for row in rows for end in ("low", "high")]
    axes = Axes(0, 0, min(params) * 0.7, max(params) * 1.5, *_range(ends))
    marks = []
    for row in rows:
        x, colour = axes.across(row["params"]), COLOURS[row["method"]]
        low, middle, high = (axes.up(row[name]) for name in ("low", "mean", "high"))
        label = " ".join(str(row[part]) for part in ("method", "rank", "kind") if row[part] is not None)
        marks.append(
            f"<g><title>{escape(label)}: {row['mean']:.3f} ({row['low']:.3f} to {row['high']:.3f}), "
            f"{row['params']:,} parameters</title>"
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}" '
            f'stroke-opacity=".3"/>{_mark(x, middle, colour, row["kind"])}</g>'
        )
    ticks = [10.0**power for power in range(ceil(log10(axes.low)), floor(log10(axes.high)) + 1)]
    return _frame(axes, title, "trained parameters", ticks) + "".join(marks)


def _mark(x: float, y: float, colour: str, kind: str | None) -> str:
    if kind == "parallel":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    turn = "" if kind == "serial" else f' transform="rotate(45 {x:.1f} {y:.1f})"'
    return f'<rect x="{x - 3.6:.1f}" y="{y - 3.6:.1f}" width="7.2" height="7.2" fill="{colour}"{turn}/>'


def _rates(task: str, spread: Spread, metric: str) -> str:
    rates = sorted({rate for each in spread.values() for rate in each})
    scores = [score for each in spread.values() for seeds in each.values() for score in seeds]
    axes = Axes(0, 0, rates[0] * 0.7, rates[-1] * 1.4, *_range(scores))
    lines = []
    for name, each in spread.items():
        colour = COLOURS[name]
        means = [
            (axes.across(rate), axes.up(sum(seeds) / len(seeds))) for rate, seeds in sorted(each.items())
        ]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in means)
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [
            f'<circle cx="{axes.across(rate):.1f}" cy="{axes.up(score):.1f}" r="2.6" fill="{colour}" '
            f'fill-opacity=".6"><title>{name} at {rate:g}: {score:.3f}</title></circle>'
            for rate, seeds in each.items()
            for score in seeds
        ]
    title = f"{TITLES.get(task, task)}, {metric} at equal parameters"
    return _frame(axes, title, "learning rate; a dot is a seed", rates) + "".join(lines)


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Bounds on whole steps of .05 around the values."""
    low, high = floor(min(values) * 20) / 20, ceil(max(values) * 20) / 20
    return (low, high) if high > low else (low, low + 0.05)


def _tick(value: float) -> str:
    return f"{value:g}" if value < 1 else f"{value:,.0f}"


def _frame(axes: Axes, title: str, below: str, ticks: Sequence[float]) -> str:
    step = max(0.05, round((axes.top - axes.bottom) / 5 * 20) / 20)
    count = int((axes.top - axes.bottom) / step + 1e-6) + 1
    right, base = PANEL_WIDTH - RIGHT, PANEL_HEIGHT - BOTTOM
    drawn = [f'<text x="{LEFT}" y="18" font-weight="600">{escape(title)}</text>']
    for level in (axes.bottom + step * number for number in range(count)):
        y = axes.up(level)
        drawn += [
            f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dcdcd6"/>',
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" {SOFT}>{level:.2f}</text>',
        ]
    drawn += [
        f'<text x="{axes.across(tick):.1f}" y="{base + 15}" text-anchor="middle" {SOFT}>{_tick(tick)}</text>'
        for tick in ticks
    ]
    middle = (LEFT + right) / 2
    drawn.append(f'<text x="{middle}" y="{base + 31}" text-anchor="middle" {SOFT}>{escape(below)}</text>')
    return "".join(drawn)
