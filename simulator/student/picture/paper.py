"""The student's notebook: what was said about quantities that have no place in the drawing, and cards."""

import textwrap

from simulator.student.parts import Figure
from simulator.student.picture import svg
from simulator.student.picture.labels import distinct, with_unit
from simulator.student.picture.layout import WIDTH
from simulator.student.schema import Scenario
from simulator.student.state import StudentState

_LINE = 30
_CARD_LETTERS = 62
_NOTES_SHOWN = 6


def draw_notes(root: svg.Element, scenario: Scenario, state: StudentState, top: float) -> float:
    """Two columns of notes on ruled paper; returns the y below it. The paper is there from the start."""
    drawn = {f"{figure.id}.{name}" for figure in scenario.figure.objects for name in figure.dimensions}
    noted = [ref for ref in state.claims if ref not in drawn][-_NOTES_SHOWN:]
    possible = min(_NOTES_SHOWN, len(scenario.quantities - drawn))
    rows = max(1, -(-possible // 2))
    group = svg.element(root, "g", "fig-notes")
    height = rows * _LINE + 44
    _paper(group, top, height, f"{scenario.persona.name}'s notes", rows)
    for index, reference in enumerate(noted):
        x, y = 44 + (index % 2) * (WIDTH - 60) / 2, top + 54 + (index // 2) * _LINE
        _note(group, scenario, state, reference, x, y)
    return top + height


def _note(
    group: svg.Element, scenario: Scenario, state: StudentState, reference: str, x: float, y: float
) -> None:
    *crossed, now = [with_unit(scenario, reference, item.value) for item in distinct(state.claims[reference])]
    name = scenario.spoken(reference).removeprefix("the ")
    node = svg.text(group, x, y, f"{name}: ", "fig-hand fig-note", anchor="start")
    for old in crossed[-1:]:
        svg.element(node, "tspan", "fig-crossed").text = svg.clean(old)
        svg.element(node, "tspan").text = " "
    svg.element(node, "tspan", "fig-note-value").text = svg.clean(now)


def draw_card(
    root: svg.Element, scenario: Scenario, state: StudentState, figure: Figure, top: float
) -> float:
    """The student's working, a step at a time; steps not told yet are empty lines. Returns the y below."""
    wrapped = [textwrap.wrap(svg.clean(line), _CARD_LETTERS) or [""] for line in figure.lines]
    rows = sum(len(part) for part in wrapped)
    group = svg.element(root, "g", "fig-card fig-notes")
    height = rows * _LINE + 44
    _paper(group, top, height, f"{scenario.persona.name}'s working", rows)
    y = top + 54
    for number, part in enumerate(wrapped, start=1):
        for words in part:
            if number <= state.steps:
                svg.text(group, 56, y, words, "fig-hand fig-note", anchor="start")
            y += _LINE
        if number <= state.steps:
            svg.text(group, 34, y - _LINE * len(part), f"{number}.", "fig-step", anchor="middle")
    return top + height


def _paper(group: svg.Element, top: float, height: float, title: str, rows: int) -> None:
    svg.element(group, "rect", "fig-paper", x=12, y=top, width=WIDTH - 24, height=height, rx=8)
    svg.text(group, 28, top + 22, title, "fig-caption", anchor="start")
    for row in range(rows):
        y = top + 60 + row * _LINE
        svg.line(group, 28, y, WIDTH - 28, y, "fig-rule")
