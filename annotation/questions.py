"""A teacher's utterance as the labelling functions see it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models_zoo.labels import QUESTION_TYPES

PROBING, PROCEDURAL, EXPOSITORY, OTHER = range(len(QUESTION_TYPES))
ABSTAIN = -1

# Many a typed question has no question mark: it begins like one, perhaps after a word or two.
BEGINS_LIKE_A_QUESTION = re.compile(
    r"(^|[.!,;:]\s+)((so|and|but|ok|okay|now|then|hmm|well|good|great|right|yes|no|nice|not quite"
    r"|very well)\W+)*"
    r"(what|why|how|where|who|which|when|(is|are|was|were|do|does|did|can|could|would|will|should|have|has)"
    r" (i|you|we|he|she|it|they|the|this|that|there|your|his|her|their|both|all|any)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """The utterance, trimmed, and the turns before it as (persona, text), oldest first.

    What many functions ask for is found once and kept.
    """

    text: str
    context: tuple[tuple[str, str], ...] = ()

    @cached_property
    def words(self) -> list[str]:
        return self.text.split()

    @cached_property
    def asks(self) -> bool:
        """With or without a question mark."""
        return "?" in self.text or BEGINS_LIKE_A_QUESTION.search(self.text) is not None

    @property
    def opens(self) -> bool:
        """Nobody has spoken before."""
        return not self.context


def question_of(text: str, context: Iterable[Mapping[str, Any]]) -> Question:
    return Question(text.strip(), tuple((turn["persona"], turn["text"]) for turn in context))


def is_question_item(text: str) -> bool:
    """Whether an utterance is worth an annotator's time.

    The assessment codes what a teacher says to move the dialogue on, statements included: telling is one of
    its types. So everything of two words or more counts, and a single word when it asks ("Why?").
    """
    return len(text.split()) >= 2 or (text.strip().endswith("?") and any(c.isalpha() for c in text))
