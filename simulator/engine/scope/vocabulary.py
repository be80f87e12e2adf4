"""Which words a scenario knows: its own, and those that teachers use whatever the task is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.student.lexicon import OPERATIONS
from simulator.student.schema import Scenario

from .signs import words_of

_ENDING = re.compile(r"(?:'s|'|ing|ed|es|s|er|est|ly)$")
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
SHORTEST_STEM = 3
MOST_SENTENCES = 24  # 6 ms of a core each, when the scenario is first seen


def stem(word: str) -> str:
    """The word without a plain English ending, so that "measured" is known where "measure" is."""
    cut = _ENDING.sub("", word)
    cut = cut if len(cut) >= SHORTEST_STEM else word
    return cut.removesuffix("e") if len(cut) > SHORTEST_STEM else cut


def stems_of(text: str) -> list[str]:
    return [stem(word) for word in words_of(text)]


@dataclass(frozen=True)
class TalkWords:
    """Stem -> in how many lines of which collection it stands.

    A stem that two collections share, that the short ones have, or that is listed belongs to no task: it is
    talk.
    """

    counts: Mapping[str, Counter[str]]
    listed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, collections: Mapping[str, Sequence[str]], listed: str = "") -> "TalkWords":
        counts = {
            name: Counter(word for line in lines for word in set(stems_of(line)))
            for name, lines in collections.items()
        }
        return cls(counts, frozenset(stems_of(listed)))

    def has(self, word: str, *, without: str = "") -> bool:
        """Whether the stem is talk, one line of the collection ``without`` left out of account."""
        if word in self.listed:
            return True
        found = sum(counts[word] - (name == without) > 0 for name, counts in self.counts.items())
        return found >= 2 or self.counts["short"][word] - (without == "short") > 0


def scenario_sentences(scenario: Scenario) -> tuple[str, ...]:
    """What a scenario tells teachers about its task, sentence by sentence."""
    said = [scenario.title, *scenario.task]
    parts = [part.strip() for text in said for part in _SENTENCE_END.split(text)]
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_SENTENCES]


def scenario_stems(scenario: Scenario) -> frozenset[str]:
    """Every word that a scenario file says, whoever says it, and the operations."""
    said = [
        *_texts(scenario.model_dump(mode="json")),
        *(name for names in OPERATIONS.values() for name in names),
    ]
    return frozenset(word for text in said for word in stems_of(text.replace("_", " ")))


def _texts(value: Any) -> Iterator[str]:  # any JSON value
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
