"""What a line typed by a person, in the student's voice, asserts; and whether it fits what was said."""

import re
from collections.abc import Sequence
from typing import Any

from simulator.student.beliefs import belief_table, work_out
from simulator.student.numbers import NumberMention, Value, numbers_in, plain, same_value
from simulator.student.perceive import Perception, perceive
from simulator.student.respond import say_value
from simulator.student.schema import TASK, Scenario
from simulator.student.state import Effect, StudentState, apply_effects, value_of

_CLAUSE = re.compile(r"(?<=[.!?;])\s+|\s*[,\n]\s*|\s+\b(?:and|but|so|because)\b\s+", re.IGNORECASE)
_STATES = re.compile(
    r"(?:=|\bis\b|\bare\b|\bwas\b|'s\b|\bgets?\b|\bgot\b|\bmakes?\b|\bequals?\b)", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:not|isn't|wasn't|aren't|don't|didn't|can't|never|before|smaller|less)\b", re.IGNORECASE
)


def extract_claims(
    scenario: Scenario, text: str, *, state: StudentState | None = None, question: str = ""
) -> list[dict[str, Any]]:
    """The effects of ``text`` being said by the student.

    With ``state``, words such as "it" point at what was talked about, and the student moves to the
    stage of understanding at which they would say this; ``question`` is the teacher's line that the
    text answers. Questions and denials ("it isn't 16") assert nothing.
    """
    now = state or StudentState.initial(scenario)
    asked = perceive(scenario, now, text=question).about if question else ""
    effects: list[dict[str, Any]] = [{"kind": "spoke", "rule": "", "about": asked}]
    focus = asked or now.focus
    claims: dict[str, Value] = {}
    for clause in _clauses(text):
        here = apply_effects(scenario, now, [{"kind": "focus", "of": focus}] if focus else [])
        seen = perceive(scenario, here, text=clause)
        if seen.about:
            focus = seen.about
        if not clause.endswith("?") and not _DENIES.search(clause):
            claims |= _claims_of(scenario, seen, clause, focus)
    if state:
        effects += _change_of_mind(scenario, state, claims)
    effects += [{"kind": "claim", "of": ref, "value": value} for ref, value in claims.items()]
    return effects + _shown(scenario, now, text, claims)


def contradictions(scenario: Scenario, state: StudentState, effects: Sequence[Effect]) -> list[str]:
    """Sentences about every claim in ``effects`` that differs from the picture or from an earlier claim.

    A rule's own change of mind is none: its text says so.
    """
    name, warnings = scenario.persona.name, []
    for effect in effects:
        if effect["kind"] != "claim" or effect.get("revises"):
            continue
        reference, value = effect["of"], effect["value"]
        quantity, new = scenario.spoken(reference), say_value(scenario, value)
        printed, before = scenario.knowledge.given.get(reference), state.last_claim(reference)
        if before and not same_value(before.value, value):
            old = say_value(scenario, before.value)
            warnings.append(
                f"{name} said in turn {before.turn} that {quantity} is {old}; this line says {new}."
            )
        elif printed is not None and not same_value(printed, value):
            warnings.append(f"The picture shows {printed} for {quantity}; this line says {new}.")
    return warnings


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE.split(text.replace("’", "'")) if clause and clause.strip()]


def _claims_of(scenario: Scenario, seen: Perception, clause: str, focus: str) -> dict[str, Value]:
    reference = seen.about or focus
    word = _stated_word(scenario, seen, clause)
    if word:
        return word
    number = _stated_number(clause, numbers_in(clause))
    if not reference or number is None or _holds_word(scenario, reference):
        return {}
    return {reference: plain(number.value)}


def _stated_number(clause: str, numbers: Sequence[NumberMention]) -> NumberMention | None:
    """The number after the last "is", "=" or "got"; without such a word, the only number there is."""
    verbs = [match.end() for match in _STATES.finditer(clause)]
    after = [number for number in numbers if verbs and number.start >= verbs[-1]]
    if len(after) == 1:
        return after[0]
    return numbers[0] if len(numbers) == 1 and not verbs else None


def _words_of(scenario: Scenario, reference: str) -> list[str]:
    """The words (not numbers) that the scenario knows as values of a quantity."""
    tables = [scenario.knowledge.given, scenario.knowledge.answers]
    tables += [stage.believes for stage in scenario.knowledge.stages]
    values = [table[reference] for table in tables if reference in table]
    return list(dict.fromkeys(value for value in values if isinstance(value, str) and "." not in value))


def _holds_word(scenario: Scenario, reference: str) -> bool:
    return bool(_words_of(scenario, reference))


def _stated_word(scenario: Scenario, seen: Perception, clause: str) -> dict[str, Value]:
    """A quantity whose value is a word: an object named before it, or an operation that is used."""
    for reference in sorted(scenario.quantities):
        words = _words_of(scenario, reference)
        dimension = reference.partition(".")[2]
        named = dimension in seen.dimensions or (seen.about or "") == reference
        objects = [word for word in words if word in scenario.objects]
        if objects and named and seen.objects and seen.objects[0] in objects:
            return {reference: seen.objects[0]}
        for word in words:
            operations = {item.name for item in scenario.lexicon.find(word) if item.kind == "operation"}
            if operations and operations == set(seen.operations) and not numbers_in(clause):
                return {reference: word}
    return {}


def _change_of_mind(
    scenario: Scenario, state: StudentState, claims: dict[str, Value]
) -> list[dict[str, Any]]:
    """A move to the first other stage that believes a new claim which the present one does not."""
    for reference, value in claims.items():
        if same_value(value_of(scenario, state, reference), value):
            continue
        for stage in scenario.stages:
            if stage != state.stage and same_value(work_out(belief_table(scenario, stage), reference), value):
                return [{"kind": "stage", "to": stage}]
    return []


def _shown(
    scenario: Scenario, state: StudentState, text: str, claims: dict[str, Value]
) -> list[dict[str, Any]]:
    """What the picture does while the line is said: highlights, and steps of a card that are named."""
    owners = {ref.partition(".")[0] for ref in claims} - {TASK}
    named = {mention.name for mention in scenario.lexicon.find(text) if mention.kind == "object"}
    shown: list[dict[str, Any]] = [
        {"kind": "highlight", "object": name} for name in scenario.objects if name in owners | named
    ]
    said = {number.value for number in numbers_in(text)}
    for figure in scenario.figure.objects:
        named_steps = [
            index + 1
            for index, line in enumerate(figure.lines)
            if (found := numbers_in(line)) and found[-1].value in said
        ]
        if named_steps and max(named_steps) > state.steps:
            shown.append({"kind": "steps", "shown": max(named_steps)})
    return shown
