"""What a stage of understanding makes of every quantity, before any claim is looked at."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.student.formulas import Formula, FormulaError, evaluate
from simulator.student.numbers import Value

if TYPE_CHECKING:
    from simulator.student.schema import Scenario


def belief_table(scenario: "Scenario", stage_id: str) -> dict[str, Formula]:
    """The formulas in force at a stage: the picture's facts, then every stage up to this one."""
    table: dict[str, Formula] = dict(scenario.knowledge.given)
    for stage in scenario.knowledge.stages:
        table |= stage.believes
        if stage.id == stage_id:
            break
    return table


def truth_table(scenario: "Scenario") -> dict[str, Formula]:
    """The formulas of what is true."""
    return {**scenario.knowledge.given, **scenario.knowledge.answers}


def work_out(
    table: dict[str, Formula],
    reference: str,
    claimed: Callable[[str], Value | None] = lambda reference: None,
    _open: tuple[str, ...] = (),
) -> Value | None:
    """The value of ``reference``, or None when nothing is known of it.

    ``claimed`` overrides a formula where it returns a value, in operands too.

    Raises:
        FormulaError: a circle of references, a division by zero, arithmetic on a word.
    """
    if reference in _open:
        raise FormulaError(f"{' → '.join((*_open, reference))} runs in a circle — break it somewhere")
    value = claimed(reference)
    if value is not None or reference not in table:
        return value
    return evaluate(table[reference], lambda ref: work_out(table, ref, claimed, (*_open, reference)))
