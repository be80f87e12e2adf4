"""The rounds as a picture: takeovers and errors by labels, against uniform labelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT, PANEL, LEFT, TOP, BOTTOM = 900, 300, 440, 56, 48, 44
COLOURS = {"takeovers": "#1d5fc4", "uniform": "#c05f00"}
NAMES = {"takeovers": "takeovers and audits", "uniform": "uniform, as many labels"}
TITLES = {"takeover_rate": "share that a person answers", "error": "wrong among the machine's own"}
Row = dict[str, Any]


def drawn(figures: dict[str, list[Row]], *, error: float) -> str:
    """An SVG of two panels on a light ground of its own, so that it reads on any page."""
    most = max(row["labels"] for rows in figures.values() for row in rows)
    panels = "".join(
        f'<g transform="translate({place * PANEL},0)">{_panel(key, figures, most, error)}</g>'
        for place, key in enumerate(TITLES)
    )
    legend = "".join(
        f'<circle cx="{LEFT + 6 + place * 190}" cy="18" r="5" fill="{colour}"/>'
        f'<text x="{LEFT + 18 + place * 190}" y="22">{NAMES[policy]}</text>'
        for place, (policy, colour) in enumerate(COLOURS.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#1f2937">'
        "<title>How often people answer, and how often the machine is wrong, by labelled turns</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#fbfbf8"/>{legend}{panels}</svg>\n'
    )


def _panel(key: str, figures: dict[str, list[Row]], most: int, error: float) -> str:
    lines = "".join(_line(key, COLOURS[policy], rows, most) for policy, rows in figures.items())
    ticks = "".join(
        f'<text x="{LEFT - 8}" y="{_up(share) + 4}" text-anchor="end" fill="#4b5563">{share:.0%}</text>'
        f'<line x1="{LEFT}" x2="{PANEL - 14}" y1="{_up(share)}" y2="{_up(share)}" stroke="#e5e7eb"/>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    target = (
        f'<line x1="{LEFT}" x2="{PANEL - 14}" y1="{_up(error)}" y2="{_up(error)}" stroke="#6b7280" '
        'stroke-dasharray="4 4"/>'
        if key == "error"
        else ""
    )
    return (
        f'<text x="{LEFT}" y="{TOP - 8}" font-weight="600">{TITLES[key]}</text>{ticks}{target}{lines}'
        f'<text x="{PANEL - 14}" y="{HEIGHT - 12}" text-anchor="end" fill="#4b5563">labelled turns, up to '
        f"{most:,}</text>"
    )


def _line(key: str, colour: str, rows: Sequence[Row], most: int) -> str:
    known = [row for row in rows if row[key] is not None]
    places = [(_across(row["labels"], most), _up(row[key])) for row in known]
    upper = [(x, _up(row[f"{key}_interval"][1])) for (x, _), row in zip(places, known, strict=True)]
    lower = [(x, _up(row[f"{key}_interval"][0])) for (x, _), row in zip(places, known, strict=True)]
    band = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    return (
        f'<polygon points="{band}" fill="{colour}" opacity=".12"/>'
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{marks}'
    )


def _across(labels: float, most: int) -> float:
    return LEFT + labels / max(1, most) * (PANEL - 14 - LEFT)


def _up(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)
