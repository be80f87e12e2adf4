"""Other: no mathematics is asked for or given."""

from annotation.labelling_functions.function import labelling_function, vote_if
from annotation.labelling_functions.patterns import GREETING, MANAGING, NUMBER, PRAISE, VERDICT
from annotation.questions import OTHER, Question


@labelling_function
def only_praises(question: Question) -> int:
    """A short remark of praise or agreement that asks nothing."""
    return vote_if(not question.asks and len(question.words) <= 9 and PRAISE.search(question.text), OTHER)


@labelling_function
def only_judges(question: Question) -> int:
    """Says that something is right or wrong, or was heard, in ten words or fewer."""
    return vote_if(not question.asks and len(question.words) <= 10 and VERDICT.search(question.text), OTHER)


@labelling_function
def only_greets(question: Question) -> int:
    """A greeting or a goodbye, and little more."""
    return vote_if(len(question.words) <= 8 and GREETING.search(question.text), OTHER)


@labelling_function
def manages(question: Question) -> int:
    """Runs the lesson or keeps spirits up: take your time, are you ready, do you follow."""
    return vote_if(len(question.words) <= 16 and MANAGING.search(question.text), OTHER)


@labelling_function
def says_next_to_nothing(question: Question) -> int:
    """Four words or fewer, no number, no question."""
    return vote_if(not question.asks and len(question.words) <= 4 and not NUMBER.search(question.text), OTHER)
