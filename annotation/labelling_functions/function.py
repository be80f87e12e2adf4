"""What a labelling function is. Snorkel's own class would do, but importing it loads a tensor library, which
neither a web process nor a worker that only reads texts needs; its appliers take this one just as well.
"""

from collections.abc import Callable
from dataclasses import dataclass

from annotation.labelling_functions.prefilter import Pattern
from annotation.questions import ABSTAIN, Question

Span = tuple[int, int]  # first character, one past the last


@dataclass(frozen=True, slots=True)
class LabellingFunction:
    """Looks at one thing and votes for one type, as an index of the question types, or abstains."""

    name: str
    description: str
    rule: Callable[[Question], int]

    def __call__(self, question: Question) -> int:
        return self.rule(question)

    def spans(self, question: Question) -> list[Span]:
        """What a vote rests on: where the patterns that the rule names are found in the text, in order.

        A pattern that must be absent is absent where the rule votes, so it adds nothing.
        """
        named = (self.rule.__globals__.get(name) for name in self.rule.__code__.co_names)
        found = (each.search(question.text) for each in named if isinstance(each, Pattern))
        return sorted({match.span() for match in found if match is not None})


def labelling_function(rule: Callable[[Question], int]) -> LabellingFunction:
    """Turn ``rule`` into a labelling function that keeps its name and its docstring."""
    return LabellingFunction(rule.__name__, " ".join((rule.__doc__ or "").split()), rule)


def vote_if(found: object, label: int) -> int:
    return label if found else ABSTAIN
