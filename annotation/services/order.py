"""Scoring what waits, and putting the queue in the order that its data set asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from annotation.models import Dataset, Item, ItemScore, Order, Suggestion
from annotation.ordering.consequence import Consequence, consequences
from annotation.ordering.diversity import k_center
from annotation.ordering.replies import outcome_of
from annotation.selectors.queue import open_items
from annotation.selectors.truth import first_choices
from simulator.selectors import AnsweredTurn, answered_turns

from .plan import order_settle
from .run import RunReporter

if TYPE_CHECKING:  # the web process offers these services and never loads torch
    from models_zoo.serving.predictor import LocalPredictor

MOST_TURNS = 2000
CHUNK = 32
STRETCH = 2.0  # of unit vectors, so that a ridge of one fits them best (benchmarks/order_of_work/head.py)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Known:
    """What does not depend on the data set: labelled items and stored turns, as vectors."""

    labelled: Floats
    turns: list[AnsweredTurn]
    turn_vectors: Floats


def orders_compute(*, predictor: LocalPredictor, reporter: RunReporter) -> int:
    """Score the open items of every data set with a strategy; returns how many items that were.

    The held-out share is left out: nothing about it is ranked.
    """
    datasets = list(Dataset.objects.exclude(order=Order.RANDOM))
    if not datasets:
        return 0
    reporter.step(0.0, _("Reading what was labelled and answered"))
    known = _known(predictor)
    scored = 0
    for dataset in datasets:
        waiting = open_items().filter(dataset=dataset, holdout=False).order_by("pk")
        newest = {each.item_id: each for each in _suggestions(predictor.version, waiting)}
        items = [item for item in waiting if item.pk in newest]
        if items:
            found = _scores(predictor, items, [newest[item.pk] for item in items], known, reporter)
            _store(predictor.version, dataset, items, found)
            scored += len(items)
    return scored


def _suggestions(version: str, items: Any) -> Any:
    return Suggestion.objects.filter(model_version=version, item__in=items)


def _known(predictor: LocalPredictor) -> Known:
    labelled = Item.objects.filter(pk__in=first_choices(holdout=False)).order_by("pk")
    turns = list(answered_turns(most=MOST_TURNS))
    return Known(
        labelled=_vectors(predictor, [item.text for item in labelled]),
        turns=turns,
        turn_vectors=_vectors(predictor, [turn.text for turn in turns]),
    )


def _vectors(predictor: LocalPredictor, texts: list[str]) -> Floats:
    return predictor.embed(texts).astype(np.float64)


def _scores(
    predictor: LocalPredictor,
    items: list[Item],
    suggestions: list[Suggestion],
    known: Known,
    reporter: RunReporter,
) -> dict[str, NDArray[Any]]:
    """Strategy -> score of each item, (n,)."""
    texts = [item.text for item in items]
    vectors = _vectors(predictor, texts)
    fragile = []
    for start in range(0, len(texts), CHUNK):
        reporter.step(start / len(texts), _("Scoring %(count)d questions") % {"count": len(texts)})
        fragile.append(predictor.fragility(texts[start : start + CHUNK]))
    order, _distances = k_center(vectors, known.labelled)
    rank = np.empty(len(items))
    rank[order] = 1 - np.arange(len(items)) / len(items)  # the order is what counts: distances only fall
    consequence = _consequence(vectors, suggestions, known)
    return {
        "uncertainty": np.array([each.predictive_entropy for each in suggestions]),
        "bald": np.array([each.mutual_information or 0.0 for each in suggestions]),
        "fragility": np.concatenate(fragile),
        "diversity": rank,
        "consequence": consequence.expected,
        "at_stake": consequence.at_stake,
    }


def _consequence(vectors: Floats, suggestions: list[Suggestion], known: Known) -> Consequence:
    guesses = np.array([each.probabilities for each in suggestions])
    replies = np.array([turn.question_type.probabilities for turn in known.turns])
    return consequences(
        items=STRETCH * vectors,
        guesses=guesses,
        trained=STRETCH * known.labelled,
        turns=STRETCH * known.turn_vectors,
        replies=replies.reshape(len(known.turns), guesses.shape[1]),
        outcome=outcome_of(
            weights=np.array([turn.weight for turn in known.turns]),
            others=np.array([turn.others for turn in known.turns]),
            thresholds=np.array([turn.threshold for turn in known.turns]),
        ),
    )


@transaction.atomic
def _store(version: str, dataset: Dataset, items: list[Item], found: dict[str, NDArray[Any]]) -> None:
    rows = [
        ItemScore(
            item=item,
            model_version=version,
            at_stake=int(found["at_stake"][place]),
            **{name: float(values[place]) for name, values in found.items() if name != "at_stake"},
        )
        for place, item in enumerate(items)
    ]
    fields = ["model_version", *found]
    ItemScore.objects.bulk_create(
        rows,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=[*fields, "computed_at"],
    )
    # Where a strategy cannot tell two items apart, the model's doubt does.
    doubt = found["uncertainty"]
    score = found[dataset.order] + 1e-6 * doubt
    order_settle(dataset=dataset, scores={item.pk: float(score[place]) for place, item in enumerate(items)})
