"""Where each shape stands, so that labels have room whatever the student claims later."""

from dataclasses import dataclass

from simulator.student.beliefs import belief_table, work_out
from simulator.student.numbers import as_fraction
from simulator.student.parts import Figure
from simulator.student.schema import Scenario
from simulator.student.state import true_value

WIDTH = 640
_MARGIN = 14
_LABEL_ROOM = 86  # left of every shape: its upright length, printed or handwritten
_ARROW_ROOM = 64
_BELOW = 62
_TALLEST = 240


@dataclass(frozen=True)
class Frame:
    """A shape's box in picture units; ``unit`` is how many of them one unit of length takes."""

    figure: Figure
    x: float
    y: float
    width: float
    height: float
    unit: float

    @property
    def base(self) -> float:
        """The y of its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """The x of its centre."""
        return self.x + self.width / 2


def shape_frames(scenario: Scenario) -> tuple[list[Frame], float]:
    """Rectangles and triangles side by side on one base line, to one scale; and the height used."""
    figures = [figure for figure in scenario.figure.objects if figure.shape in ("rectangle", "triangle")]
    if not figures:
        return [], 0.0
    sizes = [(_size(scenario, figure, "across"), _size(scenario, figure, "up")) for figure in figures]
    tallest = max([up for _, up in sizes] + _outline_heights(scenario))
    widest = sum(across for across, _ in sizes)
    unit = min((WIDTH - 2 * _MARGIN - _LABEL_ROOM * len(figures)) / widest, _TALLEST / tallest)
    arrows = any(drawing.kind == "arrow" for drawing in scenario.figure.drawings)
    base = (_ARROW_ROOM if arrows else _MARGIN) + tallest * unit
    used = widest * unit + _LABEL_ROOM * len(figures)
    x, frames = (WIDTH - used) / 2, []
    for figure, (across, up) in zip(figures, sizes, strict=True):
        x += _LABEL_ROOM
        frames.append(Frame(figure, x, base - up * unit, across * unit, up * unit, unit))
        x += across * unit
    return frames, base + _BELOW


def number_or(scenario: Scenario, reference: str, default: float) -> float:
    """The true number of a quantity for drawing, or ``default`` where it is none."""
    number = as_fraction(true_value(scenario, reference))
    return float(number) if number is not None and number > 0 else default


def _size(scenario: Scenario, figure: Figure, side: str) -> float:
    return number_or(scenario, f"{figure.id}.{getattr(figure, side)}", 1.0)


def _outline_heights(scenario: Scenario) -> list[float]:
    """How high the student's outlines could get at any stage, so that the picture never jumps."""
    heights = []
    for drawing in scenario.figure.drawings:
        for stage in scenario.stages:
            value = work_out(belief_table(scenario, stage), drawing.up) if drawing.up else None
            number = as_fraction(value)
            if number is not None:
                heights.append(float(number))
    return heights
