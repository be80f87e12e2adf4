"""Maya and Leo answer what was asked, with their own numbers, and remember what they said."""

import pytest

from simulator.student.respond import candidates
from simulator.student.state import StudentState, apply_effects, value_of

from .cast import FRACTIONS, SCALE, hold


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("What is the value of the length of the blue object?", "6"),
        ("What's the short side of the blue rectangle?", "4"),
        ("how long is the green one?", "12"),
        ("How tall is the green rectangle", "10"),
        ("Length of the big one?", "18"),
        ("What did you get for the missing side?", "16"),
        ("How wide is the red one?", "16"),
        ("What is the scale factor from blue to red?", "12"),
        ("What is the perimeter of the blue rectangle?", "20"),
        ("What's the area of the green one?", "120"),
    ],
)
def test_the_right_number_for_the_right_object(text, number):
    _, said = hold(SCALE, [("Pump/Value", text)])
    assert number in said[0].text.replace(".", " ").replace(",", " ").split()


def test_a_follow_up_keeps_the_dimension_that_was_talked_about():
    _, said = hold(SCALE, [("Pump/Value", "How long is the blue one?"), ("Pump/Value", "And the red one?")])
    assert "18" in said[1].text


def test_how_did_you_get_a_number_points_at_the_claim():
    turns = [("Pump/Value", "How wide is the red one?"), ("Pump/Clarification", "How did you get 16?")]
    _, said = hold(SCALE, turns)
    assert said[1].rule == "explain-width"
    assert {"12", "4", "16"} <= set(said[1].text.replace(".", "").split())


def test_a_bare_why_points_at_what_was_said_last():
    turns = [("Pump/Value", "What is the scale factor?"), ("Pump/Clarification", "Why?")]
    assert hold(SCALE, turns)[1][1].rule == "explain-scale-factor"


def test_asked_again_she_refers_to_her_answer():
    question = ("Pump/Value", "What is the width of the red one?")
    _, said = hold(SCALE, [question, question])
    assert said[0].text != said[1].text
    assert "already said 16" in said[1].text or "Still 16" in said[1].text


def test_an_unknown_colour_is_denied():
    _, said = hold(SCALE, [("Pump/Value", "How long is the yellow one?")])
    assert "yellow" in said[0].text
    assert not any(effect["kind"] == "claim" for effect in said[0].effects)


def test_entities_help_where_the_line_alone_does_not():
    state = StudentState.initial(SCALE)
    entities = [("object", "the red one"), ("dimension", "long side")]
    best = candidates(SCALE, state, text="And that one?", act="Pump/Value", entities=entities, k=1)[0]
    assert "18" in best.text


def test_a_good_counter_example_and_a_hint_lead_to_the_right_answer_which_is_owned_up_to():
    turns = [
        ("Pump/Value", "What's the width of the red one?"),
        ("Pump/Clarification", "How did you get that?"),
        ("Pump/Testing", "Does the green one have the same shape as the blue one?"),
        ("Pump/Value", "How many times does the blue one fit into the red one?"),
    ]
    state, said = hold(SCALE, turns)
    assert state.stage == "scaling"
    assert "12" in said[-1].text
    assert "16" in said[-1].text, "she takes back what she said"
    assert value_of(SCALE, state, "red.width") == 12
    assert [claim.value for claim in state.claims["red.width"]] == [16, 12]


def test_the_same_question_nudges_only_once():
    question = ("Pump/Clarification", "How did you get the width of the red one?")
    state, _ = hold(SCALE, [question] * 5)
    assert (state.stage, state.nudges) == ("adding", 1)


def test_praise_alone_changes_nothing():
    state, _ = hold(SCALE, [("Feedback/Positive", "Well done!")] * 4)
    assert state.stage == "adding"


def test_being_told_moves_her_too():
    turns = [
        ("Inform", "The scale factor is 3."),
        ("Inform", "You have to multiply each side, not add."),
        ("Inform", "The width of the red one is 12."),
    ]
    assert hold(SCALE, turns)[0].stage != "adding"


def test_variants_come_round_before_they_repeat():
    _, said = hold(SCALE, [("Feedback/Neutral", "Okay.")] * 3)
    assert len({line.text for line in said}) == 3


def test_what_is_asked_for_twice_by_other_words_stays_the_same():
    turns = [
        ("Pump/Value", "What's the missing side?"),
        ("Pump/Testing", "Which number goes at the question mark?"),
        ("Pump/Value", "And the perimeter of the red one?"),
    ]
    _, said = hold(SCALE, turns)
    assert "16" in said[0].text
    assert "16" in said[1].text
    assert "68" in said[2].text, "2 times 18 and 2 times her own 16"


def test_candidates_are_different_best_first_and_at_most_k():
    found = candidates(SCALE, StudentState.initial(SCALE), text="How long is it?", act="Pump/Value", k=3)
    assert len({item.text for item in found}) == len(found) == 3
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_leo_changes_his_mind_about_the_fractions():
    turns = [
        ("Pump/Value", "Which fraction is larger, 2/3 or 3/5?"),
        ("Pump/Clarification", "How do you know?"),
        ("Pump/Testing", "Look at the bars. What do they tell you?"),
        ("Pump/Value", "What could be a common denominator?"),
    ]
    state, said = hold(FRACTIONS, turns)
    assert "3/5" in said[0].text
    assert "10" in said[-1].text
    assert "9" in said[-1].text
    assert "the 3/5" in said[-1].text or "said 3/5" in said[-1].text
    assert value_of(FRACTIONS, state, "task.larger") == "two-thirds"


def test_effects_of_an_unknown_kind_or_thing_are_refused_by_name():
    from simulator.student.errors import EffectError

    state = StudentState.initial(SCALE)
    for effect in (
        {"kind": "explode"},
        {"kind": "claim", "of": "yellow.length", "value": 3},
        {"kind": "claim"},
    ):
        with pytest.raises(EffectError, match="replay it with the scenario"):
            apply_effects(SCALE, state, [effect])
