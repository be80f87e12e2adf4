"""Fraction bars: a whole cut into equal parts, some of them coloured."""

from simulator.student.picture import svg
from simulator.student.picture.layout import WIDTH, Frame, number_or
from simulator.student.schema import Scenario
from simulator.student.state import StudentState

_LEFT, _HEIGHT, _GAP = 112, 52, 44
_MOST_PARTS = 60


def bar_frames(scenario: Scenario, top: float) -> tuple[list[Frame], float]:
    """Bars of one length under each other; and the y below them."""
    figures = [figure for figure in scenario.figure.objects if figure.shape == "fraction_bar"]
    frames, y = [], top + 24
    for figure in figures:
        frames.append(Frame(figure, _LEFT, y, WIDTH - _LEFT - 32, _HEIGHT, 1))
        y += _HEIGHT + _GAP
    return frames, y + 6 if figures else top


def draw_bar(root: svg.Element, scenario: Scenario, state: StudentState, frame: Frame) -> None:
    """One bar with its fraction at the left."""
    figure = frame.figure
    parts = min(round(number_or(scenario, f"{figure.id}.{figure.parts}", 1)), _MOST_PARTS)
    shaded = min(round(number_or(scenario, f"{figure.id}.{figure.shaded}", 0)), parts)
    group = svg.element(root, "g", f"fig fig-{figure.colour}")
    if figure.id in state.highlighted:
        svg.element(
            group, "rect", "fig-glow",
            x=frame.x - 6, y=frame.y - 6, width=frame.width + 12, height=frame.height + 12, rx=8,
        )  # fmt: skip
    cell = frame.width / parts
    for index in range(parts):
        css = "fig-shape" if index < shaded else "fig-empty"
        svg.element(group, "rect", css, x=frame.x + index * cell, y=frame.y, width=cell, height=frame.height)
    _fraction(group, frame, shaded, parts)


def _fraction(group: svg.Element, frame: Frame, shaded: int, parts: int) -> None:
    x, y = frame.x - 44, frame.y + frame.height / 2
    svg.text(group, x, y - 7, str(shaded), "fig-label fig-fraction")
    svg.line(group, x - 14, y, x + 14, y, "fig-dimension")
    svg.text(group, x, y + 21, str(parts), "fig-label fig-fraction")
