"""The picture is well-formed, says in words what it shows, and follows the conversation."""

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from simulator.student.parts import Figure
from simulator.student.picture import render_picture
from simulator.student.schema import parse_scenario
from simulator.student.state import StudentState, apply_effects

from .cast import FRACTIONS, ROOT, SCALE, SMALL, hold

# The XML that is parsed here is our own.
# ruff: noqa: S314

SVG = "{http://www.w3.org/2000/svg}"


def drawn(scenario, state):
    return ET.fromstring(render_picture(scenario, state))


def words(root, css):
    return ["".join(node.itertext()) for node in root.iter() if css in (node.get("class") or "").split()]


WIDTH_ASKED = [("Pump/Value", "How wide is the red one?"), ("Pump/Clarification", "How did you get 16?")]


@pytest.mark.parametrize("scenario", [SCALE, FRACTIONS])
def test_it_is_accessible_and_carries_no_style_or_script(scenario):
    root = drawn(scenario, StudentState.initial(scenario))
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"
    assert root[1].text
    for node in root.iter():
        assert node.tag != f"{SVG}script"
        assert not {"style", "id"} & set(node.attrib)
        assert not any(name.startswith("on") for name in node.attrib)


def test_a_missing_side_is_a_question_mark_until_it_is_claimed():
    before = drawn(SCALE, StudentState.initial(SCALE))
    assert words(before, "fig-unknown-mark") == ["?"]
    after = drawn(SCALE, hold(SCALE, WIDTH_ASKED)[0])
    assert words(after, "fig-unknown-mark") == []
    assert "16 cm" in words(after, "fig-hand")


def test_what_the_student_takes_back_is_crossed_out():
    state, _ = hold(SCALE, WIDTH_ASKED)
    effects = [{"kind": "stage", "to": "scaling"}, {"kind": "claim", "of": "red.width", "value": 12}]
    root = drawn(SCALE, apply_effects(SCALE, state, effects))
    assert "16 cm" in words(root, "fig-crossed")
    assert "12 cm" in words(root, "fig-hand")
    assert "no longer 16 cm" in root[1].text


def test_the_attempted_enlargement_is_as_high_as_she_believes():
    def top(state):
        path = next(node for node in drawn(SCALE, state).iter() if "pencil" in (node.get("class") or ""))
        strokes = " ".join(node.get("d") or "" for node in path.iter() if node.get("class") == "fig-stroke")
        return min(float(y) for y in re.findall(r"[ML]-?[\d.]+ (-?[\d.]+)", strokes))

    state = apply_effects(SCALE, StudentState.initial(SCALE), [{"kind": "draw", "what": "enlargement"}])
    mended = apply_effects(SCALE, state, [{"kind": "stage", "to": "scaling"}])
    assert top(state) < top(mended), "16 is higher than 12, and y points down"


def test_the_object_that_is_talked_about_glows_only_while_it_is():
    state, _ = hold(SCALE, [("Pump/Value", "How long is the blue one?")])
    assert render_picture(SCALE, state).count("fig-glow") == 1
    assert "fig-ruler" in render_picture(SCALE, state)
    state, _ = hold(SCALE, [("Pump/Value", "How long is the blue one?"), ("Connect", "Nice to meet you")])
    assert "fig-glow" not in render_picture(SCALE, state)


def test_new_cuts_appear_on_the_bars():
    effects = [{"kind": "draw", "what": "recut-two-thirds"}]
    root = drawn(FRACTIONS, apply_effects(FRACTIONS, StudentState.initial(FRACTIONS), effects))
    cuts = [node for node in root.iter(f"{SVG}line") if node.get("class") == "fig-stroke"]
    assert len(cuts) == 14, "15 parts"
    assert "10 of 15" in words(root, "fig-hand")


def test_the_size_never_changes_so_the_page_never_jumps():
    states = [StudentState.initial(SCALE), hold(SCALE, WIDTH_ASKED)[0]]
    assert len({drawn(SCALE, state).get("viewBox") for state in states}) == 1


def test_everything_written_by_people_is_escaped():
    evil = '<script>alert(1)</script> & "quotes"'
    text = SMALL.replace("title: One rectangle", f"title: '{evil}'").replace("name: Ada", f"name: '{evil}'")
    scenario = parse_scenario(text)
    markup = render_picture(scenario, StudentState.initial(scenario))
    assert "<script" not in markup
    assert ET.fromstring(markup)[0].text == evil


def test_characters_that_xml_cannot_hold_are_left_out():
    scenario = parse_scenario(SMALL.replace("title: One rectangle", 'title: "a\\x01b"'))
    assert drawn(scenario, StudentState.initial(scenario))[0].text == "ab"


def test_a_triangle_is_drawn_with_its_slanted_side():
    text = SMALL.replace("shape: rectangle", "shape: triangle\n      slope: side").replace(
        "    - id: width\n", "    - id: width\n    - id: side\n", 1
    ).replace("    blue.width: 4\n", "    blue.width: 4\n    blue.side: 7.2\n")  # fmt: skip
    scenario = parse_scenario(text)
    root = drawn(scenario, StudentState.initial(scenario))
    assert root.find(f".//{SVG}polygon") is not None
    assert words(root, "fig-unknown-mark") == ["?", "?"]


def boxes(root):
    """Rough boxes of all words: 9 units a letter, 16 high."""
    for node in root.iter(f"{SVG}text"):
        text = "".join(node.itertext())
        width, x, y = 9 * len(text), float(node.get("x")), float(node.get("y"))
        left = {"start": x, "middle": x - width / 2, "end": x - width}[node.get("text-anchor")]
        yield text, left, y - 14, left + width, y + 2


def overlapping(root):
    return [
        (text, other)
        for (text, left, top, right, bottom), (other, left2, top2, right2, bottom2) in combinations(
            boxes(root), 2
        )
        if left < right2 and left2 < right and top < bottom2 and top2 < bottom
    ]


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4])
def test_labels_never_overlap(depth):
    turns = [
        *WIDTH_ASKED,
        ("Pump/Testing", "Does the green one have the same shape as the blue one?"),
        ("Pump/Value", "How many times does the blue one fit into the red one?"),
    ]
    assert overlapping(drawn(SCALE, hold(SCALE, turns[:depth])[0])) == []


def test_every_class_of_the_picture_has_a_rule():
    css = (ROOT / "static" / "css" / "picture.css").read_text()
    state, _ = hold(SCALE, [*WIDTH_ASKED, ("Pump/Value", "How long is the blue one?")])
    used = {
        name
        for markup in (
            render_picture(SCALE, state),
            render_picture(FRACTIONS, StudentState.initial(FRACTIONS)),
        )
        for node in ET.fromstring(markup).iter()
        for name in (node.get("class") or "").split()
    }
    groups = {"fig", "fig-pencil", "fig-notes"}  # only hold others
    assert not {name for name in used - groups if f".{name}" not in css}


def test_every_colour_of_a_figure_has_its_light_and_dark_values():
    css = (ROOT / "static" / "css" / "picture.css").read_text()
    for colour in Figure.model_fields["colour"].annotation.__args__:
        assert len(re.findall(rf"--fig-{colour}-fill: #", css)) == 3, "light, dark by system, dark by choice"


def test_labels_of_the_bars_never_overlap_either():
    effects = [{"kind": "draw", "what": "recut-two-thirds"}, {"kind": "draw", "what": "recut-three-fifths"}]
    root = drawn(FRACTIONS, apply_effects(FRACTIONS, StudentState.initial(FRACTIONS), effects))
    assert overlapping(root) == []
