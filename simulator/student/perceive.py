"""What the teacher's line is about, in the scenario's own terms.

The act and the entities come from a model and may be wrong; the line itself is read as well, through
the scenario's lexicon, and an entity only adds what the line did not already say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from simulator.student.formulas import OPERATIONS
from simulator.student.lexicon import Lexicon, Mention, has_phrase
from simulator.student.numbers import Value, numbers_in, plain, same_value
from simulator.student.schema import TASK, Scenario
from simulator.student.state import StudentState, value_of

Clarity = Literal["given", "worked_out", "unknown", "stranger", "vague", "calculation", "nothing"]
Entity = tuple[str, str]
"""(kind, text) as the tagger returns them, such as ("object", "the blue one")."""

_QUESTION_WORD = re.compile(r"\b(?:what|how|which|why|where|find|tell me|give me)\b", re.IGNORECASE)
_POINTING = re.compile(r"\b(?:it|its|it's|that|this|those|them|there|your|you|why|how)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Perception:
    """A teacher's line as the student understands it.

    ``about`` is the quantity asked about, when there is one; ``clarity`` says how well that is known:
    given (on the picture), worked_out (the student has a value), unknown (no value), stranger (names
    something the scenario lacks), vague (only an object or only a dimension), calculation (two numbers
    and an operation, worked out in ``result``), nothing.
    """

    act: str
    text: str
    objects: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    numbers: tuple[Fraction, ...] = ()
    about: str = ""
    clarity: Clarity = "nothing"
    result: Value | None = None

    @property
    def named(self) -> frozenset[str]:
        """Every object, dimension and operation that is mentioned."""
        return frozenset((*self.objects, *self.dimensions, *self.operations))

    def says(self, phrase: str) -> bool:
        """Whether the line contains ``phrase`` as whole words."""
        return has_phrase(self.text, phrase)


def perceive(
    scenario: Scenario,
    state: StudentState,
    *,
    text: str,
    act: str = "",
    entities: Sequence[Entity] = (),
    settled: bool = False,
) -> Perception:
    """Read a teacher's line against the scenario and what was being talked about.

    ``settled`` says that a person named the entities: they stand instead of what the line itself says.
    """
    text = text.replace("’", "'")
    said = () if settled else scenario.lexicon.find(text)
    mentions = _mentions(scenario.lexicon, said, len(text), entities)
    by_kind = {
        kind: tuple(dict.fromkeys(mention.name for mention in mentions if mention.kind == kind))
        for kind in ("object", "dimension", "operation", "stranger")
    }
    named = [mention.name.partition(".") for mention in mentions if mention.kind == "quantity"]
    numbers = tuple(mention.value for mention in numbers_in(_mask(text, scenario.lexicon.find(text))))
    tagged = [item.value for kind, words in entities if kind == "number" for item in numbers_in(words)]
    numbers += tuple(value for value in tagged if value not in numbers)
    seen = Perception(
        act=act,
        text=text,
        objects=_with_all(by_kind["object"], [owner for owner, _, _ in named if owner != TASK]),
        dimensions=_with_all(by_kind["dimension"], [dimension for _, _, dimension in named]),
        operations=by_kind["operation"],
        strangers=by_kind["stranger"],
        numbers=numbers,
        result=_result(text, by_kind["operation"], numbers),
    )
    about, clarity = _subject(scenario, state, seen, mentions)
    return Perception(**{**seen.__dict__, "about": about, "clarity": clarity})


def _mentions(
    lexicon: Lexicon, said: Sequence[Mention], end: int, entities: Sequence[Entity]
) -> list[Mention]:
    found = list(said)
    names = {mention.name for mention in found}
    for kind, words in entities:
        extra = list(lexicon.find(words))
        if kind == "scale_factor":
            extra += lexicon.find("scale factor")
        # Kept after everything the line itself says: an entity has no place in it that could be trusted.
        for mention in extra:
            if mention.name not in names:
                found.append(Mention(mention.kind, mention.name, end, end))
                names.add(mention.name)
    return found


def _with_all(names: tuple[str, ...], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*names, *more)))


def _result(text: str, operations: Sequence[str], numbers: Sequence[Fraction]) -> Value | None:
    """What "18 divided by 6" makes, for two numbers and one operation."""
    if len(numbers) != 2 or len(operations) != 1:
        return None
    backwards = re.search(r"\bfrom\b|\binto\b", text, re.IGNORECASE)
    first, second = reversed(numbers) if backwards else numbers
    try:
        return plain(OPERATIONS[operations[0]](first, second))
    except (ZeroDivisionError, OverflowError):
        return None


def _mask(text: str, mentions: Sequence[Mention]) -> str:
    """The text without names, so that an object called "two thirds" is not read as a number."""
    for mention in mentions:
        if mention.kind == "object":
            text = text[: mention.start] + "#" * (mention.end - mention.start) + text[mention.end :]
    return text


def _subject(
    scenario: Scenario, state: StudentState, seen: Perception, mentions: Sequence[Mention]
) -> tuple[str, Clarity]:
    phrases = [mention.name for mention in mentions if mention.kind == "quantity"]
    if phrases:
        return _known(scenario, state, phrases[0])
    if seen.strangers and not _answerable(scenario, seen):
        return "", "stranger"
    if seen.dimensions:
        return _with_dimension(scenario, state, seen, mentions)
    if seen.objects:
        return _with_object(scenario, state, seen)
    return _without_names(scenario, state, seen)


def _answerable(scenario: Scenario, seen: Perception) -> bool:
    """Whether the known words in a line that also has unknown ones already name a quantity."""
    return any(
        f"{owner}.{dimension}" in scenario.quantities
        for owner in (*seen.objects, TASK)
        for dimension in seen.dimensions
    )


def _with_dimension(
    scenario: Scenario, state: StudentState, seen: Perception, mentions: Sequence[Mention]
) -> tuple[str, Clarity]:
    asked = _asked_dimension(seen, mentions)
    owners = _owners(asked, mentions) or [state.focus.partition(".")[0]]
    if f"{TASK}.{asked.name}" in scenario.quantities:
        owners = [*owners, TASK] if seen.objects else [TASK, *owners]
    for owner in owners:
        if f"{owner}.{asked.name}" in scenario.quantities:
            return _known(scenario, state, f"{owner}.{asked.name}")
    if seen.objects:
        return "", "unknown"
    # "What would the width be?" means the one that has to be found, when there is only one.
    hidden = [ref for ref in scenario.knowledge.answers if ref.partition(".")[2] == asked.name]
    return _known(scenario, state, hidden[0]) if len(hidden) == 1 else ("", "vague")


def _asked_dimension(seen: Perception, mentions: Sequence[Mention]) -> Mention:
    """The dimension named after the last question word, or else the first one."""
    dimensions = [mention for mention in mentions if mention.kind == "dimension"]
    questions = [match.start() for match in _QUESTION_WORD.finditer(seen.text)]
    after = [mention for mention in dimensions if questions and mention.start >= questions[-1]]
    # "How long is the other side?" asks for the other side: "how ..." counts only on its own.
    return min(after or dimensions, key=lambda mention: seen.text[mention.start :][:3].lower() == "how")


def _owners(asked: Mention, mentions: Sequence[Mention]) -> list[str]:
    """The objects mentioned, nearest to the dimension first, those after it before those ahead of it."""
    objects = [mention for mention in mentions if mention.kind == "object"]

    def distance(mention: Mention) -> int:
        ahead = mention.start - asked.end
        return ahead if ahead >= 0 else 2 * (asked.start - mention.end)

    return [mention.name for mention in sorted(objects, key=distance)]


def _with_object(scenario: Scenario, state: StudentState, seen: Perception) -> tuple[str, Clarity]:
    """ "What about the red one?" asks for the dimension that was talked about before."""
    dimension = state.focus.partition(".")[2]
    claimed = _claimed_number(scenario, state, seen)
    if claimed.partition(".")[0] in seen.objects:
        return _known(scenario, state, claimed)
    if len(seen.objects) == 1 and f"{seen.objects[0]}.{dimension}" in scenario.quantities:
        return _known(scenario, state, f"{seen.objects[0]}.{dimension}")
    return "", "vague"


def _without_names(scenario: Scenario, state: StudentState, seen: Perception) -> tuple[str, Clarity]:
    """ "How did you get 16?" points at a claim, "Why?" at what was talked about last."""
    if seen.result is not None:
        return "", "calculation"
    claimed = _claimed_number(scenario, state, seen)
    if claimed:
        return _known(scenario, state, claimed)
    pointing = _POINTING.search(seen.text) or seen.act.startswith(("Pump/Clarification", "Feedback"))
    return _known(scenario, state, state.focus) if state.focus and pointing else ("", "nothing")


def _claimed_number(scenario: Scenario, state: StudentState, seen: Perception) -> str:
    """The latest quantity that the student put at a number which the teacher mentions."""
    matching = [
        (state.claims[ref][-1].turn, ref)
        for ref in state.claims
        if any(same_value(value_of(scenario, state, ref), number) for number in seen.numbers)
    ]
    return max(matching, default=(0, ""))[1]


def _known(scenario: Scenario, state: StudentState, reference: str) -> tuple[str, Clarity]:
    if reference in scenario.knowledge.given:
        return reference, "given"
    return reference, "unknown" if value_of(scenario, state, reference) is None else "worked_out"
