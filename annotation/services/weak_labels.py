"""Applying the labelling functions to everything in the queue."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Aggregator, Item, LabelRun, TrainingRun, WeakLabel
from annotation.questions import ABSTAIN, question_of
from annotation.selectors.rules import aggregator_wanted, rules_enabled, source_of
from annotation.selectors.truth import gold_of
from models_zoo.labels import QUESTION_TYPES

from .item import items_collect
from .run import RunReporter

if TYPE_CHECKING:  # it brings libraries that take seconds to load, so only where it is used
    from annotation.weak_supervision.supervising import WeakSupervision

BATCH = 500


def weak_labels_run(
    *, requested_by_id: int | None = None, progress: Callable[[float], None] = lambda _share: None
) -> LabelRun:
    """Label every item by functions and store the run.

    The computing happens outside the transaction, so that nobody waits for it; items that arrive meanwhile
    are left for the next run.
    """
    from annotation.weak_supervision.aggregating import SEED
    from annotation.weak_supervision.supervising import supervise

    began = time.monotonic()
    items = list(Item.objects.filter(withdrawn_at=None).order_by("pk"))
    versions = rules_enabled()
    found = supervise(
        [question_of(item.text, item.context) for item in items],
        gold_of(items),
        rules=[source_of(version) for version in versions],
        wanted=aggregator_wanted(),
        progress=progress,
    )
    written = {
        version.rule.name: {"rule": version.rule_id, "version": version.number} for version in versions
    }
    with transaction.atomic():
        run = LabelRun.objects.create(
            requested_by_id=requested_by_id,
            functions=[_with_item(each, items) | written.get(each["name"], {}) for each in found.functions],
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
    applied = reporter.part(0.1, 1.0)
    label_run = weak_labels_run(
        requested_by_id=run.requested_by_id,
        progress=lambda share: applied(share, _("Applying the labelling functions")),
    )
    said = _("%(covered)d of %(items)d questions have a vote") % {
        "covered": label_run.covered,
        "items": label_run.items,
    }
    return said, {"label_run": label_run}


def _with_item(function: dict[str, Any], items: Sequence[Item]) -> dict[str, Any]:
    """Its figures, with the item that its first fault may quote: who does not see it gets no quotation."""
    kept = dict(function)
    place = kept.pop("fault_place", None)
    return kept if place is None else kept | {"fault_item": items[place].pk}


def _weak_labels(run: LabelRun, items: Sequence[Item], found: "WeakSupervision") -> list[WeakLabel]:
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
