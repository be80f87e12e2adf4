"""Rectangles and triangles with dimension lines, rulers and the student's own measures."""

from simulator.student.picture import svg
from simulator.student.picture.labels import Label, label_of
from simulator.student.picture.layout import Frame
from simulator.student.schema import Scenario
from simulator.student.state import StudentState

_TICK = 5
_OFFSET = 20  # between a side and its dimension line
_RULER = 12
_RULERS_SHOWN = 2


def draw_shape(root: svg.Element, scenario: Scenario, state: StudentState, frame: Frame) -> None:
    """One shape with everything written at its sides."""
    figure = frame.figure
    group = svg.element(root, "g", f"fig fig-{figure.colour}")
    if figure.id in state.highlighted:
        svg.element(
            group, "rect", "fig-glow",
            x=frame.x - 5, y=frame.y - 5, width=frame.width + 10, height=frame.height + 10, rx=7,
        )  # fmt: skip
    _outline(group, frame)
    rulers = state.measured[-_RULERS_SHOWN:]
    if f"{figure.id}.{figure.across}" in rulers:
        _ruler(group, frame, upright=False)
    if f"{figure.id}.{figure.up}" in rulers:
        _ruler(group, frame, upright=True)
    _across(group, frame, label_of(scenario, state, f"{figure.id}.{figure.across}"))
    _up(group, frame, label_of(scenario, state, f"{figure.id}.{figure.up}"))
    if figure.slope:
        _slope(group, frame, label_of(scenario, state, f"{figure.id}.{figure.slope}"))


def _outline(group: svg.Element, frame: Frame) -> None:
    if frame.figure.shape == "rectangle":
        svg.element(
            group, "rect", "fig-shape",
            x=frame.x, y=frame.y, width=frame.width, height=frame.height, rx=1.5,
        )  # fmt: skip
        svg.text(group, frame.middle, frame.y + frame.height / 2 + 5, frame.figure.colour, "fig-name")
        return
    corners = f"{frame.x:g},{frame.base:g} {frame.x + frame.width:g},{frame.base:g} {frame.x:g},{frame.y:g}"
    svg.element(group, "polygon", "fig-shape", points=corners)
    corner = f"M{frame.x:g} {frame.base - 12:g}h12v12"
    svg.element(group, "path", "fig-corner", d=corner)
    svg.text(group, frame.x + frame.width / 3, frame.base - frame.height / 4, frame.figure.colour, "fig-name")


def _across(group: svg.Element, frame: Frame, label: Label) -> None:
    y, x2 = frame.base + _OFFSET, frame.x + frame.width
    css = "fig-dimension fig-unknown" if label.now == "?" else "fig-dimension"
    svg.line(group, frame.x, y, x2, y, css)
    for x in (frame.x, x2):
        svg.line(group, x, y - _TICK, x, y + _TICK, css)
    _write(group, frame.middle, y + 21, label, "middle", (0, 19))


def _up(group: svg.Element, frame: Frame, label: Label) -> None:
    x = frame.x - _OFFSET
    css = "fig-dimension fig-unknown" if label.now == "?" else "fig-dimension"
    svg.line(group, x, frame.y, x, frame.base, css)
    for y in (frame.y, frame.base):
        svg.line(group, x - _TICK, y, x + _TICK, y, css)
    _write(group, x - 8, frame.y + frame.height / 2 + 5, label, "end", (0, -21))


def _slope(group: svg.Element, frame: Frame, label: Label) -> None:
    x, y = frame.x + frame.width / 2 + 10, frame.y + frame.height / 2 - 6
    _write(group, x, y, label, "start", (0, -20))


def _write(
    group: svg.Element, x: float, y: float, label: Label, anchor: str, step: tuple[float, float]
) -> None:
    """The label, and what was crossed out before it moving away by ``step``."""
    css = "fig-hand" if label.by_hand else "fig-unknown-mark" if label.now == "?" else "fig-label"
    turned = {"transform": f"rotate(-3 {x:g} {y:g})"} if label.by_hand else {}
    svg.text(group, x, y, label.now, css, anchor=anchor, **turned)
    for count, old in enumerate(reversed(label.crossed), start=1):
        svg.text(group, x + count * step[0], y + count * step[1], old, "fig-hand fig-crossed", anchor=anchor)


def _ruler(group: svg.Element, frame: Frame, *, upright: bool) -> None:
    """A ruler laid along a side, with a mark for every unit of length."""
    length = frame.height if upright else frame.width
    x, y = (frame.x - _RULER - 2, frame.y) if upright else (frame.x, frame.base + 2)
    size = (_RULER, length) if upright else (length, _RULER)
    svg.element(group, "rect", "fig-ruler", x=x, y=y, width=size[0], height=size[1])
    marks = min(round(length / frame.unit), 60)
    for mark in range(1, marks):
        reach = 7 if mark % 5 == 0 else 4
        if upright:
            at = frame.base - mark * frame.unit
            svg.line(group, x + _RULER, at, x + _RULER - reach, at, "fig-ruler-mark")
        else:
            at = x + mark * frame.unit
            svg.line(group, at, y, at, y + reach, "fig-ruler-mark")
