"""Applying the labelling functions to everything in the queue."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from annotation.aggregation import choose
from annotation.models import Aggregator, Item, LabelRun, TrainingRun, WeakLabel
from annotation.questions import ABSTAIN, Question, question_of
from annotation.selectors.truth import decisions, labels_of_people
from models_zoo.labels import QUESTION_TYPES

from .item import items_collect
from .run import RunReporter

BATCH = 500


@dataclass(frozen=True)
class WeakSupervision:
    """What the functions say about a list of questions."""

    names: tuple[str, ...]
    votes: NDArray[np.int64]  # (n, functions)
    probabilities: NDArray[np.float64]  # (n, types), NaN rows where nobody votes
    functions: list[dict[str, Any]]
    aggregator: str
    reason: str
    metrics: dict[str, Any]

    @property
    def covered(self) -> int:
        return int((~np.isnan(self.probabilities[:, 0])).sum()) if len(self.probabilities) else 0


def supervise(questions: Sequence[Question], gold: NDArray[np.int64]) -> WeakSupervision:
    """Apply, combine both ways, compare on gold, keep the better one. Touches no database.

    Args:
        gold: (n,), the type's index, or ABSTAIN.
    """
    from annotation import weak_supervision as snorkel  # takes seconds to import, so only where it is used
    from annotation.labelling_functions import FUNCTIONS

    votes = snorkel.votes_of(FUNCTIONS, questions)
    candidates = {
        "label_model": snorkel.label_model(votes, [question.text for question in questions]),
        "majority_vote": snorkel.majority_vote(votes),
    }
    choice = choose(candidates["label_model"], candidates["majority_vote"], gold, seed=snorkel.SEED)
    return WeakSupervision(
        names=tuple(function.name for function in FUNCTIONS),
        votes=votes,
        probabilities=candidates[choice.aggregator],
        functions=[figures.to_json() for figures in snorkel.figures_of(FUNCTIONS, votes, gold)],
        aggregator=choice.aggregator,
        reason=choice.reason,
        metrics=choice.metrics,
    )


def weak_labels_run(*, requested_by_id: int | None = None) -> LabelRun:
    """Label every item by rules and store the run.

    The computing happens outside the transaction, so that nobody waits for it; items that arrive meanwhile
    are left for the next run.
    """
    from annotation.weak_supervision import SEED

    began = time.monotonic()
    items = list(Item.objects.filter(withdrawn_at=None).order_by("pk"))
    found = supervise([question_of(item.text, item.context) for item in items], _gold_of(items))
    with transaction.atomic():
        run = LabelRun.objects.create(
            requested_by_id=requested_by_id,
            functions=found.functions,
            aggregator=Aggregator(found.aggregator),
            metrics=found.metrics,
            reason=found.reason,
            items=len(items),
            covered=found.covered,
            gold=found.metrics["gold"],
            seed=SEED,
            duration_ms=round((time.monotonic() - began) * 1000),
        )
        WeakLabel.objects.bulk_create(_weak_labels(run, items, found), batch_size=BATCH)
    return run


def rules_apply(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """The labelling functions as a run of their own, apart from training."""
    reporter.step(0.0, _("Collecting questions"))
    items_collect()
    reporter.step(0.1, _("Applying the labelling functions"))
    label_run = weak_labels_run(requested_by_id=run.requested_by_id)
    said = _("%(covered)d of %(items)d questions have a vote") % {
        "covered": label_run.covered,
        "items": label_run.items,
    }
    return said, {"label_run": label_run}


def _gold_of(items: Sequence[Item]) -> NDArray[np.int64]:
    """A decision, an expert's label, or else what people said without a suggestion; others may lean on a
    model."""
    people, decided = labels_of_people(holdout=True), decisions()
    gold = np.full(len(items), ABSTAIN, dtype=np.int64)
    for row, item in enumerate(items):
        label = decided.get(item.pk, item.gold or people.get(item.pk))
        if label:
            gold[row] = QUESTION_TYPES.index(label)
    return gold


def _weak_labels(run: LabelRun, items: Sequence[Item], found: WeakSupervision) -> list[WeakLabel]:
    labels = []
    for item, votes, probabilities in zip(items, found.votes, found.probabilities, strict=True):
        if np.isnan(probabilities[0]):
            continue
        said = {
            name: QUESTION_TYPES[vote]
            for name, vote in zip(found.names, votes, strict=True)
            if vote != ABSTAIN
        }
        rounded = [round(float(value), 6) for value in probabilities]
        labels.append(WeakLabel(run=run, item=item, probabilities=rounded, votes=said))
    return labels
