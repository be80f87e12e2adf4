"""What a model learns from, and what it is scored on. The two never share an item or a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annotation.models import Action, Annotation, Item, LabelRun, WeakLabel
from models_zoo.labels import QUESTION_TYPES
from simulator.selectors import RepairedTurn, repaired_turns

from .truth import decisions, first_choices, labels_of_people

if TYPE_CHECKING:  # the web process imports the selectors and never loads torch
    from models_zoo.training import Example

MOST_WEAK = 2000  # keeps a training run within minutes; the items are drawn by their random place
LEAST_LEAD = 0.05  # of the first type over the second; below it the rules contradict each other


@dataclass(frozen=True)
class TrainingData:
    """Examples of the question type, and the ids of everything that they came from."""

    train: list[Example]
    held_out: list[Example]
    lineage: dict[str, Any] = field(default_factory=dict)


def training_data(run: LabelRun | None) -> TrainingData:
    """Labels of people at weight 1, split where they disagree; elsewhere weak labels by their probability.

    What supervisors put right while a session ran counts as a label of its own.
    """
    held_out, held_items = _held_out()
    unseen = {_normalised(example.text) for example in held_out}
    counts = first_choices(holdout=False)
    labelled = Item.objects.in_bulk(list(counts))
    train, used = [], []
    for item_id, count in sorted(counts.items()):
        item = labelled[item_id]
        if _normalised(item.text) in unseen:
            continue
        used.append(item)
        train += [_example(item, label, votes / count.total()) for label, votes in sorted(count.items())]
    weak = _weak_labels(run, exclude=set(counts), unseen=unseen)
    train += [_example(label.item, *_best(label)) for label in weak]
    repairs = _repairs(unseen)
    train += [_repaired_example(repair) for repair in repairs]
    return TrainingData(
        train=train,
        held_out=held_out,
        lineage={
            "annotation_ids": _annotation_ids([item.pk for item in used]),
            "label_run": run.pk if run else None,
            "item_ids": [item.pk for item in used],
            "weak_item_ids": [label.item_id for label in weak],
            "held_out_item_ids": held_items,
            "event_ids": [str(item.source_event) for item in used if item.source_event]
            + [str(label.item.source_event) for label in weak if label.item.source_event]
            + [str(repair.event_id) for repair in repairs],
            "repair_event_ids": [str(repair.repair_event_id) for repair in repairs],
        },
    )


def _held_out() -> tuple[list[Example], list[int]]:
    """The never prefilled share, as far as an expert or people labelled it."""
    people, decided = labels_of_people(holdout=True), decisions()
    examples, ids = [], []
    for item in Item.objects.filter(holdout=True, withdrawn_at=None).order_by("pk"):
        label = decided.get(item.pk, item.gold or people.get(item.pk))
        if label:
            examples.append(_example(item, label, 1.0))
            ids.append(item.pk)
    return examples, ids


def _weak_labels(run: LabelRun | None, *, exclude: set[int], unseen: set[str]) -> list[WeakLabel]:
    if run is None:
        return []
    candidates = (
        run.labels.filter(item__holdout=False, item__withdrawn_at=None)
        .select_related("item")
        .order_by("item__shuffle_key", "item_id")
    )
    usable = (
        label
        for label in candidates.iterator(chunk_size=500)
        if label.item_id not in exclude
        and _lead(label) > LEAST_LEAD
        and _normalised(label.item.text) not in unseen
    )
    return [label for label, _ in zip(usable, range(MOST_WEAK), strict=False)]


def _lead(label: WeakLabel) -> float:
    first, second = sorted(label.probabilities, reverse=True)[:2]
    return float(first - second)


def _best(label: WeakLabel) -> tuple[str, float]:
    probability = max(label.probabilities)
    return QUESTION_TYPES[label.probabilities.index(probability)], probability


def _example(item: Item, label: str, weight: float) -> Example:
    from models_zoo.training import Example

    return Example(
        text=item.text,
        dialogue_act=None,
        question_type=label,
        entities=None,
        weight=weight,
        group=item.group or item.key,
    )


def _repairs(unseen: set[str]) -> list[RepairedTurn]:
    """What supervisors put right on the console, without the questions that versions are scored on."""
    held_out = set(
        Item.objects.filter(holdout=True).exclude(source_event=None).values_list("source_event", flat=True)
    )
    return [
        repair
        for repair in repaired_turns()
        if repair.event_id not in held_out and _normalised(repair.text) not in unseen
    ]


def _repaired_example(repair: RepairedTurn) -> Example:
    from models_zoo.training import Example

    return Example(
        text=repair.text,
        dialogue_act=repair.dialogue_act,
        question_type=repair.question_type,
        entities=None,
        group=repair.session_id,
    )


def _annotation_ids(items: list[int]) -> list[int]:
    standing = Annotation.objects.filter(
        is_standing=True, action=Action.LABEL, item__in=items, planted_label=""
    )
    return list(standing.order_by("pk").values_list("pk", flat=True))


def _normalised(text: str) -> str:
    return " ".join(text.lower().split())
