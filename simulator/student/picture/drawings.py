"""What the student draws on the picture by hand: outlines, new cuts, arrows."""

from simulator.student.numbers import as_fraction
from simulator.student.parts import Drawing
from simulator.student.picture import svg
from simulator.student.picture.layout import Frame
from simulator.student.respond import spoken_values
from simulator.student.schema import Scenario
from simulator.student.state import StudentState, value_of
from simulator.student.templates import fill

_MOST_CUTS = 60


def draw_by_hand(
    root: svg.Element, scenario: Scenario, state: StudentState, frames: dict[str, Frame]
) -> None:
    """Everything in ``state.drawn``, oldest first."""
    drawings = {drawing.id: drawing for drawing in scenario.figure.drawings}
    for name in state.drawn:
        drawing = drawings[name]
        label = fill(drawing.label, spoken_values(scenario, state)) or ""
        group = svg.element(root, "g", "fig-pencil")
        _KINDS[drawing.kind](group, scenario, state, drawing, frames, label)


def _outline(
    group: svg.Element, scenario: Scenario, state: StudentState, drawing: Drawing,
    frames: dict[str, Frame], label: str,
) -> None:  # fmt: skip
    """A rectangle of the size the student believes, from the shape's lower left corner."""
    frame = frames.get(drawing.over or "")
    across = _number(scenario, state, drawing.across)
    up = _number(scenario, state, drawing.up)
    if frame is None or across is None or up is None:
        return
    width, height = across * frame.unit, up * frame.unit
    x, y, right, base = frame.x, frame.base - height, frame.x + width, frame.base
    # Four strokes that overshoot a little, as a pencil does.
    strokes = (
        f"M{x - 4:g} {base + 1:g}L{right + 5:g} {base - 1:g}M{right:g} {base + 4:g}L{right + 1:g} {y - 5:g}"
        f"M{right + 4:g} {y:g}L{x - 5:g} {y + 1:g}M{x:g} {y - 4:g}L{x + 1:g} {base + 5:g}"
    )
    svg.element(group, "path", "fig-stroke", d=strokes)
    if label:
        svg.text(group, x + width / 2, y - 8, label, "fig-hand")


def _recut(
    group: svg.Element, scenario: Scenario, state: StudentState, drawing: Drawing,
    frames: dict[str, Frame], label: str,
) -> None:  # fmt: skip
    """Thin lines that cut a bar into a new number of parts."""
    frame, parts = frames.get(drawing.over or ""), _number(scenario, state, drawing.parts)
    if frame is None or parts is None or not 1 <= parts <= _MOST_CUTS:
        return
    for cut in range(1, round(parts)):
        x = frame.x + frame.width * cut / parts
        svg.line(group, x, frame.y - 4, x + (-1) ** cut, frame.base + 4, "fig-stroke")
    if label:
        svg.text(group, frame.x + frame.width, frame.base + 27, label, "fig-hand", anchor="end")


def _arrow(
    group: svg.Element, scenario: Scenario, state: StudentState, drawing: Drawing,
    frames: dict[str, Frame], label: str,
) -> None:  # fmt: skip
    """A bow over the shapes with the label on top."""
    start, end = frames.get(drawing.start or ""), frames.get(drawing.end or "")
    if start is None or end is None:
        return
    x1, x2, top = start.middle, end.middle, 30.0
    y1, y2 = start.y - 10, min(end.y, min(frame.y for frame in frames.values())) - 12
    bow = f"M{x1:g} {y1:g}C{x1:g} {top:g} {x1 + 24:g} {top:g} {(x1 + x2) / 2:g} {top:g}"
    bow += f"S{x2:g} {top:g} {x2:g} {y2:g}"
    svg.element(group, "path", "fig-stroke", d=bow)
    svg.element(group, "path", "fig-stroke", d=f"M{x2 - 6:g} {y2 - 8:g}L{x2:g} {y2:g}L{x2 + 6:g} {y2 - 8:g}")
    if label:
        svg.text(group, (x1 + x2) / 2, top - 9, label, "fig-hand fig-hand-large")


def _number(scenario: Scenario, state: StudentState, reference: str | None) -> float | None:
    number = as_fraction(value_of(scenario, state, reference)) if reference else None
    return float(number) if number is not None and number > 0 else None


_KINDS = {"outline": _outline, "recut": _recut, "arrow": _arrow}
