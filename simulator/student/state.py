"""What the student has said and shown so far; moved only by effects, which are plain JSON.

The same scenario and the same effects always give the same state, so a stored conversation can be
played back (and a session resumed) from its log.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import reduce
from typing import Any

from simulator.student.beliefs import belief_table, truth_table, work_out
from simulator.student.errors import EffectError
from simulator.student.numbers import Value, same_value
from simulator.student.schema import Scenario

Effect = Mapping[str, Any]


@dataclass(frozen=True)
class Claim:
    """A value the student stated, in which of their turns, and at which stage of understanding."""

    value: Value
    turn: int
    stage: str


@dataclass(frozen=True)
class StudentState:
    """A student in the middle of a conversation. Mappings are never changed in place."""

    stage: str
    turn: int = 0
    nudges: int = 0
    nudged: tuple[str, ...] = ()
    claims: Mapping[str, tuple[Claim, ...]] = field(default_factory=dict)
    spoken: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    focus: str = ""
    measured: tuple[str, ...] = ()
    highlighted: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    steps: int = 0

    @classmethod
    def initial(cls, scenario: Scenario) -> "StudentState":
        """Before the first word."""
        return cls(stage=scenario.knowledge.stages[0].id)

    def to_json(self) -> dict[str, Any]:
        """Plain data, the inverse of ``from_json``."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StudentState":
        """Read back what ``to_json`` wrote, also after a trip through JSON text."""
        claims = {ref: tuple(Claim(**claim) for claim in history) for ref, history in data["claims"].items()}
        tuples = {key: tuple(value) for key, value in data.items() if isinstance(value, list | tuple)}
        return cls(**{**data, **tuples, "claims": claims})

    def last_claim(self, reference: str) -> Claim | None:
        """The newest claim about a quantity."""
        history = self.claims.get(reference, ())
        return history[-1] if history else None


def value_of(scenario: Scenario, state: StudentState, reference: str) -> Value | None:
    """What the student would answer now: the last claim while it still fits the stage, else the belief.

    A claim is outgrown when the stage it was made at and the present stage work the quantity out
    differently; one that nothing has changed about is kept, also where a supervisor made it.
    """
    table = belief_table(scenario, state.stage)

    def standing_claim(ref: str) -> Value | None:
        claim = state.last_claim(ref)
        if claim is None:
            return None
        then = work_out(belief_table(scenario, claim.stage), ref)
        return claim.value if same_value(then, work_out(table, ref)) else None

    return work_out(table, reference, standing_claim)


def true_value(scenario: Scenario, reference: str) -> Value | None:
    """What is mathematically right, or None when the scenario does not say."""
    return work_out(truth_table(scenario), reference)


def apply_effects(scenario: Scenario, state: StudentState, effects: Sequence[Effect]) -> StudentState:
    """The state after ``effects``, in order; the given state is left as it is.

    Raises:
        EffectError: an effect of unknown kind, or one that names what the scenario lacks.
    """
    return reduce(lambda now, effect: _apply(scenario, now, effect), effects, state)


def _apply(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    try:
        change = _CHANGES[effect["kind"]]
        return change(scenario, state, effect)
    except KeyError as error:
        raise EffectError(
            f"the effect {dict(effect)!r} lacks or misnames {error} — replay it with the scenario "
            f"version it was stored with, not {scenario.slug} {scenario.version}"
        ) from error


def _spoke(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    rule, about = effect["rule"], effect.get("about") or ""
    key, line = f"{rule}|{about}", effect.get("line", rule)
    return replace(
        state,
        turn=state.turn + 1,
        spoken={**state.spoken, line: state.spoken.get(line, 0) + 1},
        asked={**state.asked, key: state.stage},
        highlighted=(),
    )


def _claim(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    reference = _known(effect["of"], scenario.quantities)
    history = state.claims.get(reference, ())
    value = effect["value"]
    if history and same_value(history[-1].value, value) and history[-1].stage == state.stage:
        return replace(state, focus=reference)
    claim = Claim(value, max(state.turn, 1), state.stage)
    return replace(state, claims={**state.claims, reference: (*history, claim)}, focus=reference)


def _nudge(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    return replace(state, nudges=state.nudges + int(effect["points"]), nudged=(*state.nudged, effect["rule"]))


def _stage(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    return replace(state, stage=_known(effect["to"], scenario.stages), nudges=0, nudged=())


def _focus(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    return replace(state, focus=_known(effect["of"], scenario.quantities))


def _topic(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    return replace(state, topics=_with(state.topics, effect["name"]))


def _measure(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    return replace(state, measured=_with(state.measured, _known(effect["of"], scenario.quantities)))


def _highlight(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    name = _known(effect["object"], scenario.objects)
    return replace(state, highlighted=_with(state.highlighted, name))


def _draw(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    known = {drawing.id for drawing in scenario.figure.drawings}
    return replace(state, drawn=_with(state.drawn, _known(effect["what"], known)))


def _steps(scenario: Scenario, state: StudentState, effect: Effect) -> StudentState:
    return replace(state, steps=max(state.steps, int(effect["shown"])))


def _known(name: str, names: Container[str]) -> str:
    if name not in names:
        raise KeyError(name)
    return name


def _with(items: tuple[str, ...], item: str) -> tuple[str, ...]:
    return (*(other for other in items if other != item), item)


_CHANGES = {
    "spoke": _spoke,
    "claim": _claim,
    "nudge": _nudge,
    "stage": _stage,
    "focus": _focus,
    "topic": _topic,
    "measure": _measure,
    "highlight": _highlight,
    "draw": _draw,
    "steps": _steps,
}
