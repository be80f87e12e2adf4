"""Suggestions: what the version in service says about the questions that still wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.models import Item, RunKind, RunStatus, Suggestion, TrainingRun
from annotation.selectors.queue import open_items
from annotation.store import model_store

from .item import items_collect
from .order import orders_compute
from .run import RunReporter
from .statistics import statistics_renew

if TYPE_CHECKING:  # the web process offers these services and never loads torch
    from models_zoo.serving.predictor import Predictor

CHUNK = 16
PASSES = 10  # a third of what the chat takes: thousands of items wait, and only the label and its rank matter
PAUSE_AFTER_FAILURE = timedelta(minutes=10)


def suggestions_compute(*, run: TrainingRun, reporter: RunReporter) -> tuple[str, dict[str, Any]]:
    """Suggest a type for every open item, held-out ones included: theirs are stored and never shown."""
    from models_zoo.serving.predictor import load_predictor

    reporter.step(0.0, _("Collecting questions"))
    items_collect()
    total = 0
    while True:  # again, if another version was deployed meanwhile
        version = model_store().current()
        predictor = load_predictor(model_store(), version)
        suggestions_renew(version=predictor.version)
        items = list(open_items().exclude(suggestions__model_version=predictor.version))
        for start in range(0, len(items), CHUNK):
            chunk = items[start : start + CHUNK]
            suggestions_store(predictor=predictor, items=chunk)
            total += len(chunk)
            done = (start + len(chunk)) / len(items)
            reporter.step(done, _("%(done)d of %(all)d questions") % {"done": total, "all": len(items)})
        orders_compute(predictor=predictor, reporter=reporter)
        statistics_renew()
        if model_store().current() == version:
            fields = {"version": predictor.version}
            return _("%(count)d new suggestions by %(version)s") % {"count": total, **fields}, fields


def suggestions_renew(*, version: str) -> int:
    """Make the suggestions that this version gave before the newest again, as after a roll back."""
    return Suggestion.objects.filter(model_version=version, item__in=open_items()).update(
        made_at=timezone.now()
    )


def suggestions_store(*, predictor: Predictor, items: Sequence[Item]) -> None:
    """Suggest a type for each of ``items``.

    The model runs before the transaction begins: on SQLite that takes the one write lock, and the chat
    would stand still while the model thinks.
    """
    found = predictor.understand([item.text for item in items], passes=PASSES)
    with transaction.atomic():
        for item, said in zip(items, found, strict=True):
            Suggestion.objects.update_or_create(
                item=item,
                model_version=predictor.version,
                defaults={
                    "label": said.question_type.label,
                    "probabilities": list(said.question_type.probabilities),
                    "predictive_entropy": said.question_type.uncertainty.predictive_entropy,
                    "mutual_information": said.question_type.uncertainty.mutual_information,
                },
            )


def queue_refresh() -> None:
    """What looking at the queue sets off: new questions are taken over, and get suggestions."""
    from .training import prefill_queue

    items_collect()
    version = model_store().current()
    if version is None or not open_items().exclude(suggestions__model_version=version).exists():
        return
    recent = TrainingRun.objects.filter(
        kind=RunKind.PREFILL, created_at__gt=timezone.now() - PAUSE_AFTER_FAILURE
    )
    if not recent.filter(status=RunStatus.FAILED).exists():
        prefill_queue()
