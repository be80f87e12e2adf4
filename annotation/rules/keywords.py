"""Keywords: words and phrases, one a line; a star stands for the rest of a word (``explain*``)."""

import re
from collections.abc import Sequence

import numpy as np

from annotation.labelling_functions.prefilter import Pattern
from annotation.questions import ABSTAIN, Question
from annotation.rules.source import Applied, RuleSource

MOST_KEYWORDS = 500


def keywords_of(body: str) -> list[str]:
    """Distinct, in the order in which they were written, spaces made one."""
    return list(dict.fromkeys(" ".join(line.split()) for line in body.splitlines() if line.strip()))


def apply_keywords(source: RuleSource, questions: Sequence[Question]) -> Applied:
    patterns = [Pattern(_whole_words(each)) for each in keywords_of(source.body)]
    votes = np.full(len(questions), ABSTAIN, dtype=np.int8)
    spans = []
    for place, question in enumerate(questions):
        looked = patterns if source.looks_at(question) else []
        found = [match.span() for match in (each.search(question.text) for each in looked) if match]
        if found:
            votes[place] = source.vote
        spans.append(sorted(found))
    return Applied(votes, spans)


def _whole_words(keyword: str) -> str:
    """The keyword as a pattern that cannot try many ways: literals, and a run of letters for a star."""
    inside = r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in keyword.split())
    return rf"(?<!\w){inside}(?!\w)"
