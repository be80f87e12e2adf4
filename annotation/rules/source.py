"""What a person wrote, and what came of it on some questions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from annotation.labelling_functions.function import Span
from annotation.models import RuleKind
from annotation.questions import ABSTAIN, Question
from annotation.weak_supervision.voting import Votes
from models_zoo.labels import QUESTION_TYPES


class Asked:
    """Which utterances a keyword or pattern is looked for in."""

    ANY, ASKS, STATES = "any", "asks", "states"


@dataclass(frozen=True)
class RuleSource:
    """A labelling function as written. ``label`` is empty where the body decides."""

    name: str
    kind: RuleKind
    description: str
    label: str
    body: str
    options: dict[str, object] = field(default_factory=dict)

    @property
    def vote(self) -> int:
        return QUESTION_TYPES.index(self.label) if self.label else ABSTAIN

    def looks_at(self, question: Question) -> bool:
        """Whether the utterance is of the sort that the function is meant for."""
        asked = self.options.get("asked", Asked.ANY)
        return asked == Asked.ANY or question.asks == (asked == Asked.ASKS)


@dataclass(frozen=True)
class Applied:
    """What a written function says about some questions.

    Attributes:
        votes: (n,).
        spans: what each vote rests on, as far as it is known.
        faults: place of a question -> what went wrong there; the function abstains on it.
        stopped: why it did not come to the end; it abstains on everything.
    """

    votes: Votes
    spans: list[list[Span]]
    faults: dict[int, str] = field(default_factory=dict)
    stopped: str = ""


def silent(questions: Sequence[Question], why: str, faults: dict[int, str] | None = None) -> Applied:
    """A function that was stopped."""
    votes = np.full(len(questions), ABSTAIN, dtype=np.int8)
    return Applied(votes, [[] for _each in questions], faults or {}, why)


def joined(first: Applied, then: Applied) -> Applied:
    """What it says about some questions and about those after them."""
    faults = first.faults | {len(first.votes) + place: message for place, message in then.faults.items()}
    votes = np.concatenate([first.votes, then.votes])
    return Applied(votes, [*first.spans, *then.spans], faults, first.stopped or then.stopped)
