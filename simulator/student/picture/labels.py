"""What stands beside a measured side: printed when given, a question mark, or the student's handwriting."""

from dataclasses import dataclass

from simulator.student.numbers import same_value
from simulator.student.respond import say_value
from simulator.student.schema import Scenario
from simulator.student.state import Claim, StudentState


@dataclass(frozen=True)
class Label:
    """``now`` is the text that counts, ``crossed`` what the student took back, oldest first."""

    now: str
    by_hand: bool
    crossed: tuple[str, ...] = ()


def label_of(scenario: Scenario, state: StudentState, reference: str) -> Label:
    """The label of one quantity."""
    history = distinct(state.claims.get(reference, ()))
    printed = scenario.knowledge.given.get(reference)
    if printed is not None:
        wrong = [claim for claim in history if not same_value(claim.value, printed)]
        return Label(
            with_unit(scenario, reference, printed), False, tuple(str(item.value) for item in wrong[:-1])
        )
    if not history:
        return Label("?", False)
    *crossed, now = [with_unit(scenario, reference, claim.value) for claim in history]
    return Label(now, True, tuple(crossed[-2:]))


def distinct(history: tuple[Claim, ...]) -> list[Claim]:
    """Claims without repetitions of the value just before."""
    kept: list[Claim] = []
    for claim in history:
        if not kept or not same_value(kept[-1].value, claim.value):
            kept.append(claim)
    return kept


def with_unit(scenario: Scenario, reference: str, value: int | float | str) -> str:
    """A value as it is written down: "12 cm", "3/5"."""
    return f"{say_value(scenario, value)} {scenario.unit(reference)}".strip()
