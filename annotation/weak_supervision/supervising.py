"""From questions to labels: all functions, their copies, every way of combining, and the one that is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotation.labelling_functions import FUNCTIONS
from annotation.questions import Question
from annotation.rules.applying import apply_rule
from annotation.rules.source import Applied, RuleSource
from annotation.weak_supervision.aggregating import SEED, aggregates_of
from annotation.weak_supervision.choosing import choose
from annotation.weak_supervision.copies import copies_of, counted_once
from annotation.weak_supervision.figures import Described, figures_of
from annotation.weak_supervision.voting import Gold, Votes, votes_of

Progress = Callable[[float], None]


@dataclass(frozen=True)
class WeakSupervision:
    """What the functions say about a list of questions."""

    names: tuple[str, ...]
    votes: Votes  # (n, functions)
    probabilities: NDArray[np.float64]  # (n, types), NaN rows where nobody votes
    functions: list[dict[str, Any]]
    aggregator: str
    reason: str
    metrics: dict[str, Any]

    @property
    def covered(self) -> int:
        return int((~np.isnan(self.probabilities[:, 0])).sum()) if len(self.probabilities) else 0


def supervise(
    questions: Sequence[Question],
    gold: Gold,
    *,
    rules: Sequence[RuleSource] = (),
    wanted: str = "",
    progress: Progress = lambda _share: None,
) -> WeakSupervision:
    """Apply, combine every way, compare on gold, keep the best one. Touches no database.

    Args:
        gold: (n,), the type's index, or ABSTAIN.
        rules: functions written on the page, beside those of the repository.
        wanted: the way of combining that a person chose; empty for the best on gold.
    """
    applied = _apply(rules, questions, progress)
    columns = [votes_of(FUNCTIONS, questions), *(each.votes[:, None] for each in applied)]
    votes = np.concatenate(columns, axis=1)
    functions: list[Described] = [*FUNCTIONS, *rules]
    copies = copies_of(votes, gold)
    progress(0.7)
    candidates = aggregates_of(counted_once(votes, copies), [question.text for question in questions])
    choice = choose(candidates, gold, wanted=wanted, seed=SEED)
    figures = [each.to_json() for each in figures_of(functions, votes, gold, copies)]
    troubles: list[dict[str, Any]] = [{} for _each in FUNCTIONS] + [_trouble(each) for each in applied]
    progress(1.0)
    return WeakSupervision(
        names=tuple(function.name for function in functions),
        votes=votes,
        probabilities=candidates[choice.aggregator],
        functions=[figure | trouble for figure, trouble in zip(figures, troubles, strict=True)],
        aggregator=choice.aggregator,
        reason=choice.reason,
        metrics=choice.metrics,
    )


def _apply(rules: Sequence[RuleSource], questions: Sequence[Question], progress: Progress) -> list[Applied]:
    found = []
    for place, rule in enumerate(rules):
        before, each = 0.6 * place / len(rules), 0.6 / len(rules)
        found.append(apply_rule(rule, questions, _within(progress, before, each)))
    return found


def _within(progress: Progress, before: float, size: float) -> Progress:
    return lambda share: progress(before + share * size)


def _trouble(applied: Applied) -> dict[str, Any]:
    """What went wrong, for the page; the first fault may quote the question at ``fault_place``."""
    place, first = next(iter(applied.faults.items()), (None, ""))
    return {"faults": len(applied.faults), "fault": first, "fault_place": place, "stopped": applied.stopped}
