"""Probing and Exploring: the student's thinking is asked for."""

from annotation.labelling_functions.function import labelling_function, vote_if
from annotation.labelling_functions.patterns import EXPLAIN, EXPLORE, HOW_THEY, THINKING, WHY
from annotation.questions import PROBING, Question


@labelling_function
def asks_why(question: Question) -> int:
    """Asks for a reason: why, how come, what makes you think so."""
    return vote_if(WHY.search(question.text) and (question.asks or len(question.words) < 25), PROBING)


@labelling_function
def asks_to_explain(question: Question) -> int:
    """Asks to explain, describe, justify or walk the teacher through it."""
    return vote_if(EXPLAIN.search(question.text), PROBING)


@labelling_function
def asks_how_they_did_it(question: Question) -> int:
    """Asks how the student got, found or knows something."""
    return vote_if(HOW_THEY.search(question.text), PROBING)


@labelling_function
def asks_for_their_thinking(question: Question) -> int:
    """Refers to the student's own idea, method or understanding."""
    return vote_if(question.asks and THINKING.search(question.text), PROBING)


@labelling_function
def asks_to_explore(question: Question) -> int:
    """Asks for another way, a comparison, a pattern, or what would happen if."""
    return vote_if(question.asks and EXPLORE.search(question.text), PROBING)
