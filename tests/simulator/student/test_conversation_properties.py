"""Whatever a teacher says, the student stays consistent."""

import json
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.student.numbers import as_fraction, numbers_in, same_value
from simulator.student.perceive import Entity, perceive
from simulator.student.picture import render_picture
from simulator.student.respond import Candidate, candidates, say_value
from simulator.student.schema import Scenario
from simulator.student.state import StudentState, apply_effects, value_of

from .cast import FRACTIONS, SCALE

ACTS = [
    "Connect", "Pump/Value", "Pump/Clarification", "Pump/Testing", "Inform",
    "Feedback/Positive", "Feedback/Neutral", "Feedback/Negative", "None",
]  # fmt: skip


def phrases(scenario: Scenario) -> st.SearchStrategy[str]:
    """Lines put together from a teacher's usual words, the scenario's names and numbers."""
    names = [
        name for figure in scenario.figure.objects for name in (f"the {figure.colour} one", *figure.names)
    ]
    dimensions = [name for item in scenario.figure.dimensions for name in (item.id, *item.names)]
    glue = (
        "what is,how did you get,why,is it,I think,compare,no it is not,are you sure,check,what does,mean,"
        "same shape,you multiply,don't add,times,the yellow one,the volume of,great job,look at the bars,?"
    )
    numbers = st.integers(0, 60).map(str)
    word = st.sampled_from([*names, *dimensions, *glue.split(",")]) | numbers
    return st.lists(word, min_size=1, max_size=6).map(" ".join)


def turns(scenario: Scenario) -> st.SearchStrategy[list[tuple[str, str, list[tuple[str, str]]]]]:
    entity = st.tuples(
        st.sampled_from(["object", "dimension", "number", "scale_factor", "operation"]),
        st.sampled_from(["the blue one", "red", "long side", "times 3", "twelve", "the fish", ""]),
    )
    turn = st.tuples(st.sampled_from(ACTS), phrases(scenario), st.lists(entity, max_size=3))
    return st.lists(turn, min_size=1, max_size=10)


def known_numbers(
    scenario: Scenario, before: StudentState, after: StudentState, heard: str, entities: list[Entity]
) -> set[Fraction]:
    """Every number the student may use: believed now, taken back now, or just heard from the teacher."""
    values = [value_of(scenario, state, ref) for state in (before, after) for ref in scenario.quantities]
    values += [claim.value for history in before.claims.values() for claim in history]
    values += [scenario.objects[name].spoken for name in scenario.objects]
    known = {number for value in values if value is not None and (number := as_fraction(value)) is not None}
    asked = perceive(scenario, before, text=heard, entities=entities).result
    known |= {number for number in [as_fraction(asked)] if number is not None}
    return known | {
        item.value for words in (heard, *(text for _, text in entities)) for item in numbers_in(words)
    }


def check(
    scenario: Scenario, before: StudentState, heard: str, entities: list[Entity], candidate: Candidate
) -> None:
    assert candidate.text.strip()
    assert not set("{}") & set(candidate.text), candidate.text
    assert 0 < candidate.score <= 1
    json.dumps(candidate.effects)
    after = apply_effects(scenario, before, candidate.effects)
    allowed = known_numbers(scenario, before, after, heard, entities)
    for number in numbers_in(candidate.text):
        assert number.value in allowed, (candidate.text, heard)
    for effect in candidate.effects:
        if effect["kind"] != "claim":
            continue
        said = say_value(scenario, effect["value"])
        assert said.casefold() in candidate.text.casefold()
        assert same_value(value_of(scenario, after, effect["of"]), effect["value"])
        earlier = before.last_claim(effect["of"])
        if earlier and not same_value(earlier.value, effect["value"]):
            assert say_value(scenario, earlier.value).casefold() in candidate.text.casefold(), "owned up to"


def play(scenario: Scenario, conversation: list[tuple[str, str, list[tuple[str, str]]]]) -> None:
    state, log = StudentState.initial(scenario), []
    for act, text, entities in conversation:
        found = candidates(scenario, state, text=text, act=act, entities=entities, k=4)
        assert found
        assert found == candidates(scenario, state, text=text, act=act, entities=entities, k=4)
        for candidate in found:
            check(scenario, state, text, entities, candidate)
        state = apply_effects(scenario, state, found[0].effects)
        log += json.loads(json.dumps(found[0].effects))
    render_picture(scenario, state)
    assert apply_effects(scenario, StudentState.initial(scenario), log) == state
    assert StudentState.from_json(json.loads(json.dumps(state.to_json()))) == state


@settings(max_examples=25, deadline=None, derandomize=True)
@given(turns(SCALE))
def test_maya_never_contradicts_herself(conversation):
    play(SCALE, conversation)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(turns(FRACTIONS))
def test_leo_never_contradicts_himself(conversation):
    play(FRACTIONS, conversation)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(ACTS), st.text(max_size=200))
def test_any_text_at_all_gets_an_answer(act, text):
    state = StudentState.initial(SCALE)
    assert candidates(SCALE, state, text=text, act=act, entities=[("object", text)], k=4)
