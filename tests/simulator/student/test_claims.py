"""A line typed by a person becomes claims that machine, person and picture share."""

import pytest

from simulator.student.claims import contradictions, extract_claims
from simulator.student.respond import candidates
from simulator.student.state import StudentState, apply_effects, value_of

from .cast import FRACTIONS, SCALE, hold


def claims(effects):
    return {effect["of"]: effect["value"] for effect in effects if effect["kind"] == "claim"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The blue one is 6 cm long.", {"blue.length": 6}),
        ("the blue one is 12cm long", {"blue.length": 12}),
        ("I think the red one is sixteen cm wide", {"red.width": 16}),
        ("the red one is 16 cm wide and 18 cm long", {"red.width": 16, "red.length": 18}),
        ("I did 4 plus 12 = 16, so the missing side is 16", {"red.width": 16}),
        ("The scale factor is 2.5!", {"task.scale_factor": 2.5}),
        ("Oh, you have to multiply!", {"task.operation": "multiplying"}),
        ("The scale factor isn't 12.", {}),
        ("Is the red one 9 wide?", {}),
        ("I don't know.", {}),
        ("", {}),
    ],
)
def test_what_a_line_asserts(text, expected):
    assert claims(extract_claims(SCALE, text)) == expected


def test_a_short_answer_belongs_to_the_question():
    effects = extract_claims(SCALE, "it's 14 i think", question="How wide is the red one?")
    assert claims(effects) == {"red.width": 14}


def test_the_larger_fraction_is_read_from_its_name():
    effects = extract_claims(FRACTIONS, "2/3 is bigger, I see it now")
    assert claims(effects)["task.larger"] == "two-thirds"


def test_the_machine_keeps_to_what_a_person_said_as_the_student():
    state = StudentState.initial(SCALE)
    effects = extract_claims(SCALE, "I measured, the red one is 14 cm wide", state=state)
    state = apply_effects(SCALE, state, effects)
    best = candidates(SCALE, state, text="How wide is the red one?", act="Pump/Value", k=1)[0]
    assert "14" in best.text
    assert value_of(SCALE, state, "red.perimeter") == 64, "2 times 18 and 2 times 14"


def test_a_person_can_let_the_student_understand():
    state, _ = hold(SCALE, [("Pump/Value", "How wide is the red one?")])
    effects = extract_claims(SCALE, "Ohh then the width of the red one is 12!", state=state)
    assert {"kind": "stage", "to": "scaling"} in effects
    assert apply_effects(SCALE, state, effects).stage == "scaling"


def test_a_contradiction_names_the_turn_and_both_values():
    state, _ = hold(SCALE, [("Connect", "Hi"), ("Pump/Value", "How wide is the red one?")])
    effects = extract_claims(SCALE, "The width of the red one is 14.", state=state)
    assert contradictions(SCALE, state, effects) == [
        "Maya said in turn 2 that the width of the red one is 16; this line says 14."
    ]


def test_a_line_against_the_picture_is_a_contradiction():
    effects = extract_claims(SCALE, "The blue one is 5 cm long.")
    assert "The picture shows 6" in contradictions(SCALE, StudentState.initial(SCALE), effects)[0]


def test_saying_the_same_again_is_no_contradiction():
    state, _ = hold(SCALE, [("Pump/Value", "How wide is the red one?")])
    assert contradictions(SCALE, state, extract_claims(SCALE, "The red one is 16 wide.")) == []


def test_a_rules_own_change_of_mind_is_no_contradiction():
    turns = [
        ("Pump/Value", "What's the width of the red one?"),
        ("Pump/Testing", "Does the green one have the same shape as the blue one?"),
        ("Pump/Clarification", "How did you get 16?"),
        ("Pump/Value", "How many times does the blue one fit into the red one?"),
    ]
    state = StudentState.initial(SCALE)
    for act, text in turns:
        best = candidates(SCALE, state, text=text, act=act, k=1)[0]
        assert contradictions(SCALE, state, best.effects) == []
        state = apply_effects(SCALE, state, best.effects)
