"""Functions that repeat another. To a model of votes every copy is one more witness, and the model believes
them: four copies of one bad rule outvote ten good ones.

Good functions agree as well, because both are right; and sparse ones seldom meet. So what counts is agreement
beyond what follows from how each votes on each type: two functions are taken for one rule when they cast the
same vote far more often than two independent ones of their accuracy would. With ``b`` the questions on which
both cast the same vote, ``e`` those on which either votes, and ``b0`` the expectation of ``b`` given the
type, this is Cohen's correction for chance, ``(b - b0) / (e - b0)``, within the types.

The type is gold, where enough of their questions have it. Without, it is estimated by what the other
functions say, those that agree nearly always counted once: otherwise four copies would elect the truth that
excuses them.
An estimate explains less than the truth does, so without gold two functions that are both nearly always right
can look like one.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotation.questions import ABSTAIN
from annotation.weak_supervision.voting import Gold, Votes
from models_zoo.labels import QUESTION_TYPES

EXCESS = SUSPICIOUS = 0.8
LEAST_MET = 10  # questions with a vote of either
LEAST_GOLD = 50  # those among them that have gold, before gold alone decides
NEARLY_ALWAYS = 0.9
ROUNDING = 1e-9
CLASSES = len(QUESTION_TYPES)
UNKNOWN = CLASSES  # a type of its own for questions about which nothing is known


def copies_of(votes: Votes, gold: Gold) -> list[list[int]]:
    """For each function, the columns that repeat it.

    Args:
        votes: (n, functions).
        gold: (n,), the type's index, or ABSTAIN.
    """
    found: list[list[int]] = [[] for _ in range(votes.shape[1])]
    families = _families(votes)
    for one, other in combinations(range(votes.shape[1]), 2):
        pair = votes[:, [one, other]]
        if _agreement(pair) < SUSPICIOUS:  # the excess is at most the agreement
            continue
        met = (pair != ABSTAIN).any(axis=1)
        judged = gold != ABSTAIN
        if (met & judged).sum() >= LEAST_GOLD:
            excess = excess_agreement(pair[judged], gold[judged])
        else:
            excess = excess_agreement(pair, _types(votes, gold, families, {families[one], families[other]}))
        if excess >= EXCESS:
            found[one].append(other)
            found[other].append(one)
    return found


def counted_once(votes: Votes, copies: list[list[int]]) -> Votes:
    """The votes with functions that repeat each other as one, which votes when any does: (n, fewer)."""
    merged: dict[int, Votes] = {}
    for column in range(votes.shape[1]):
        first = next((other for other in copies[column] if other in merged), None)
        mine = votes[:, column]
        if first is None:
            merged[column] = mine
        else:
            merged[first] = np.where(merged[first] == ABSTAIN, mine, merged[first])
    return np.stack(list(merged.values()), axis=1) if merged else votes


def excess_agreement(pair: Votes, type_of: NDArray[np.int64]) -> float:
    """1 for a copy, 0 for functions whose agreement follows from the type alone.

    Args:
        pair: (n, 2) votes.
        type_of: (n,), the type's index, or UNKNOWN.
    """
    either = (pair != ABSTAIN).any(axis=1)
    if either.sum() < LEAST_MET:
        return 0.0
    same = float(((pair[:, 0] == pair[:, 1]) & either).sum())
    expected = 0.0
    for kind in range(CLASSES + 1):
        among = pair[type_of == kind]
        if len(among):
            expected += float(len(among) * (_shares(among[:, 0]) * _shares(among[:, 1])).sum())
    room = float(either.sum()) - expected
    return (same - expected) / room if room > ROUNDING else 0.0


def _shares(votes: Votes) -> NDArray[np.float64]:
    """How often each type is voted for, abstentions counted as votes for none: (types,)."""
    return np.bincount(votes[votes != ABSTAIN], minlength=CLASSES) / len(votes)


def _agreement(pair: Votes) -> float:
    """The share of identical votes among the questions on which either votes: (n, 2) votes."""
    either = (pair != ABSTAIN).any(axis=1)
    return float((pair[:, 0] == pair[:, 1])[either].mean()) if either.any() else 0.0


def _families(votes: Votes) -> list[int]:
    """For each function the first one with which it agrees nearly always, itself if there is none."""
    found: list[int] = []
    for column in range(votes.shape[1]):
        earlier = (each for each in range(column) if _agreement(votes[:, [each, column]]) >= NEARLY_ALWAYS)
        first = next(earlier, column)
        found.append(found[first] if first < column else column)
    return found


def _types(votes: Votes, gold: Gold, families: list[int], leave_out: set[int]) -> NDArray[np.int64]:
    """The type of each question, (n,): gold, else the single type that most of the others vote for."""
    heads = sorted(set(families) - leave_out)
    counts = np.stack([(votes[:, heads] == kind).sum(axis=1) for kind in range(CLASSES)], axis=1)
    most = counts.max(axis=1, initial=0)
    single = (most > 0) & ((counts == most[:, None]).sum(axis=1) == 1)
    return np.where(gold != ABSTAIN, gold, np.where(single, counts.argmax(axis=1), UNKNOWN))
