"""What a labelling function would do, before it is saved."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from annotation.access import Viewer, require_researcher
from annotation.models import Item, LabelRun
from annotation.questions import ABSTAIN, question_of
from annotation.rules.applying import apply_rule
from annotation.rules.source import RuleSource
from annotation.selectors.rules import Example, examples_of
from annotation.selectors.truth import gold_of
from annotation.selectors.visible import items_for
from annotation.weak_supervision.copies import copies_of
from annotation.weak_supervision.voting import Gold, Votes
from models_zoo.labels import QUESTION_TYPES

SAMPLE = 400
SHOWN = 12


@dataclass(frozen=True)
class Preview:
    """What it says on a random sample of the questions that the viewer sees.

    Attributes:
        judged, right: votes on questions with gold, and those that agree with it.
        repeats: functions of the latest run that say the same.
        trouble: why it was stopped, or the first thing that went wrong.
    """

    questions: int
    votes: int
    by_type: list[tuple[str, int]]
    judged: int
    right: int
    repeats: list[str]
    trouble: str
    faults: int
    examples: list[Example]

    @property
    def coverage(self) -> float:
        return self.votes / self.questions if self.questions else 0.0

    @property
    def accuracy(self) -> float | None:
        return self.right / self.judged if self.judged else None


def preview_for(viewer: Viewer, source: RuleSource) -> Preview:
    """Try a function on stored questions. Whatever it does, it is told and not raised."""
    require_researcher(viewer)
    items = list(items_for(viewer).order_by("shuffle_key", "pk")[:SAMPLE])
    applied = apply_rule(source, [question_of(item.text, item.context) for item in items])
    gold = gold_of(items)
    voted = np.flatnonzero(applied.votes != ABSTAIN)
    judged = (applied.votes != ABSTAIN) & (gold != ABSTAIN)
    said = [QUESTION_TYPES[applied.votes[place]] for place in voted]
    examples = examples_of([items[place] for place in voted], said, [applied.spans[place] for place in voted])
    return Preview(
        questions=len(items),
        votes=len(voted),
        by_type=Counter(said).most_common(),
        judged=int(judged.sum()),
        right=int((applied.votes[judged] == gold[judged]).sum()),
        repeats=_repeats(source, items, applied.votes, gold),
        trouble=applied.stopped or next(iter(applied.faults.values()), ""),
        faults=len(applied.faults),
        examples=examples[:SHOWN],
    )


def _repeats(source: RuleSource, items: list[Item], votes: Votes, gold: Gold) -> list[str]:
    """Functions of the latest run, other than an earlier version of it, that say the same."""
    run = LabelRun.objects.first()
    if run is None:
        return []
    names = [each["name"] for each in run.functions if each["name"] != source.name]
    stored = dict(run.labels.filter(item__in=items).values_list("item_id", "votes"))
    known = np.full((len(items), len(names)), ABSTAIN, dtype=np.int8)
    for row, item in enumerate(items):
        for column, name in enumerate(names):
            label = stored.get(item.pk, {}).get(name)
            if label is not None:
                known[row, column] = QUESTION_TYPES.index(label)
    found = copies_of(np.column_stack([known, votes]).astype(np.int8), gold)[-1]
    return [names[column] for column in found]
