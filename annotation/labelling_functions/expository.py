"""Expository and Cueing: the teacher gives the mathematics, or leads to the one answer that is wanted."""

from annotation.labelling_functions.function import labelling_function, vote_if
from annotation.labelling_functions.patterns import (
    ANSWER,
    COMPUTE,
    CORRECTION,
    HINT,
    INSTRUCTION,
    NUMBER,
    REDO,
    TAG,
    VERDICT,
)
from annotation.questions import EXPOSITORY, Question


@labelling_function
def gives_the_answer(question: Question) -> int:
    """States a result instead of asking for it."""
    return vote_if(not question.asks and ANSWER.search(question.text), EXPOSITORY)


@labelling_function
def tells_what_to_do(question: Question) -> int:
    """Says what the student or the class needs, has or must do, without asking."""
    return vote_if(not question.asks and INSTRUCTION.search(question.text), EXPOSITORY)


@labelling_function
def corrects(question: Question) -> int:
    """Names a mistake and puts it right, without asking."""
    return vote_if(
        not question.asks and len(question.words) >= 9 and CORRECTION.search(question.text), EXPOSITORY
    )


@labelling_function
def gives_a_hint(question: Question) -> int:
    """Reminds, hints or argues for the student."""
    return vote_if(not question.asks and HINT.search(question.text), EXPOSITORY)


@labelling_function
def leads_to_yes(question: Question) -> int:
    """Says it and only asks for consent: right? isn't it?"""
    return vote_if(question.asks and TAG.search(question.text), EXPOSITORY)


@labelling_function
def explains_at_length(question: Question) -> int:
    """A statement of fourteen words or more with a number in it that sets no task."""
    states = not question.asks and not REDO.search(question.text) and not COMPUTE.search(question.text)
    return vote_if(states and len(question.words) >= 14 and NUMBER.search(question.text), EXPOSITORY)


@labelling_function
def states_a_fact(question: Question) -> int:
    """A short statement with a number in it."""
    states = not question.asks and not COMPUTE.search(question.text) and not VERDICT.search(question.text)
    return vote_if(states and len(question.words) < 14 and NUMBER.search(question.text), EXPOSITORY)
