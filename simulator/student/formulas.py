"""What a student works out, written as data: ``{multiply: [blue.width, task.scale_factor]}``."""

import re
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from simulator.student.numbers import Value, as_fraction, plain

REFERENCE = re.compile(r"^[a-z0-9][a-z0-9_-]*\.[a-z0-9][a-z0-9_-]*$")
"""How a quantity is named: ``object.dimension``."""

Formula = Any
"""A number, a text, a reference, or ``{operation: [operands]}``, nested as deep as wanted."""

OPERATIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


class FormulaError(ValueError):
    """A formula that cannot be worked out; the message names the fault and the mend."""


def references_in(formula: Formula) -> tuple[str, ...]:
    """Every quantity a formula reads."""
    if isinstance(formula, dict):
        return tuple(ref for operands in formula.values() for item in operands for ref in references_in(item))
    return (formula,) if isinstance(formula, str) and REFERENCE.match(formula) else ()


def evaluate(formula: Formula, look_up: Callable[[str], Value | None]) -> Value | None:
    """Work out a formula; None when a quantity it reads is not known.

    Raises:
        FormulaError: a division by zero, or arithmetic on a word.
    """
    if isinstance(formula, dict):
        (name, operands), *_ = formula.items()
        values = [evaluate(operand, look_up) for operand in operands]
        return None if None in values else _calculate(name, values)
    if isinstance(formula, str) and REFERENCE.match(formula):
        return look_up(formula)
    return formula if isinstance(formula, int | float | str) else None


def _calculate(name: str, values: list[Value | None]) -> Value:
    numbers = [as_fraction(value) for value in values]
    exact = [number for number in numbers if number is not None]
    if len(exact) < len(values):
        raise FormulaError(f"{name} needs numbers, got {values} — use a word only on its own")
    try:
        return plain(reduce(OPERATIONS[name], exact))
    except ZeroDivisionError as error:
        raise FormulaError("divides by zero — check the operands") from error
    except OverflowError as error:
        raise FormulaError("grows too large — use smaller numbers") from error
