"""Procedural and Factual: one fact, one result or one step is asked for."""

from annotation.labelling_functions.function import labelling_function, vote_if
from annotation.labelling_functions.patterns import (
    CALCULATION,
    COMPUTE,
    EXPLAIN,
    EXPLORE,
    GAP,
    HOW_THEY,
    NEXT_STEP,
    NUMBER,
    QUANTITY,
    REDO,
    STATED,
    TAG,
    THINKING,
    WHY,
    YES_NO,
)
from annotation.questions import PROCEDURAL, Question


@labelling_function
def asks_for_a_quantity(question: Question) -> int:
    """Asks how many, how much, or for a named quantity."""
    return vote_if(question.asks and QUANTITY.search(question.text), PROCEDURAL)


@labelling_function
def asks_for_a_result(question: Question) -> int:
    """Puts a calculation and asks what it gives."""
    asks_for_meaning = THINKING.search(question.text) or HOW_THEY.search(question.text)
    return vote_if(CALCULATION.search(question.text) and not asks_for_meaning, PROCEDURAL)


@labelling_function
def asks_for_the_next_step(question: Question) -> int:
    """Asks which step, operation or formula comes next."""
    return vote_if(question.asks and NEXT_STEP.search(question.text), PROCEDURAL)


@labelling_function
def asks_yes_or_no(question: Question) -> int:
    """A question about the task that yes or no answers."""
    return vote_if(len(question.words) > 3 and YES_NO.search(question.text), PROCEDURAL)


@labelling_function
def asks_to_compute(question: Question) -> int:
    """Asks the student to calculate, find, add, measure or write something."""
    return vote_if(COMPUTE.search(question.text) and not EXPLAIN.search(question.text), PROCEDURAL)


@labelling_function
def asks_for_a_stated_fact(question: Question) -> int:
    """Asks for something that stands in the task."""
    return vote_if(STATED.search(question.text), PROCEDURAL)


@labelling_function
def asks_to_redo(question: Question) -> int:
    """Sends the student back to the task or to a step: check, read, try again."""
    return vote_if(REDO.search(question.text), PROCEDURAL)


@labelling_function
def asks_about_a_number(question: Question) -> int:
    """A question that names a number and asks for no reason."""
    asks_for_reason = any(
        pattern.search(question.text) for pattern in (WHY, EXPLAIN, HOW_THEY, THINKING, EXPLORE, TAG)
    )
    return vote_if(question.asks and NUMBER.search(question.text) and not asks_for_reason, PROCEDURAL)


@labelling_function
def leaves_a_gap(question: Question) -> int:
    """Breaks off where a result belongs, or asks with a scrap: so that would be? and the other one?"""
    return vote_if(GAP.search(question.text), PROCEDURAL)
