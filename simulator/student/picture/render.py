"""Puts the picture together from top to bottom: shapes, bars, cards, notes."""

from simulator.student.picture import svg
from simulator.student.picture.bars import bar_frames, draw_bar
from simulator.student.picture.describe import describe
from simulator.student.picture.drawings import draw_by_hand
from simulator.student.picture.layout import WIDTH, shape_frames
from simulator.student.picture.paper import draw_card, draw_notes
from simulator.student.picture.shapes import draw_shape
from simulator.student.schema import Scenario
from simulator.student.state import StudentState


def render_picture(scenario: Scenario, state: StudentState) -> str:
    """The task picture as SVG text, ``role="img"`` with a title and a description in words.

    Every text is escaped and only classes are set, so it can go into a page under a strict content
    security policy. Its size is the same in every state of a scenario.
    """
    root = svg.element(None, "svg", "picture", xmlns="http://www.w3.org/2000/svg", role="img")
    svg.element(root, "title").text = svg.clean(scenario.figure.title)
    svg.element(root, "desc").text = svg.clean(describe(scenario, state))
    shapes, y = shape_frames(scenario)
    bars, y = bar_frames(scenario, y)
    for frame in shapes:
        draw_shape(root, scenario, state, frame)
    for frame in bars:
        draw_bar(root, scenario, state, frame)
    draw_by_hand(root, scenario, state, {frame.figure.id: frame for frame in (*shapes, *bars)})
    if scenario.figure.scale_note:
        svg.text(root, WIDTH - 14, y, scenario.figure.scale_note, "fig-caption", anchor="end")
        y += 12
    for figure in scenario.figure.objects:
        if figure.shape == "card":
            y = draw_card(root, scenario, state, figure, y + 12)
    if scenario.quantities:
        y = draw_notes(root, scenario, state, y + 12)
    root.set("viewBox", f"0 0 {WIDTH} {round(y + 12)}")
    return svg.to_text(root)
