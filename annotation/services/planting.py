"""Planted suggestions: wrong on purpose, on items whose answer an expert gave, to learn who takes them over.

A label that was given under a planted suggestion teaches nothing but that: it trains no model and enters no
estimate (``Outcome.PLANTED``, ``planted_label``). Held-out items never carry one, since they show no
suggestion at all.
"""

from annotation.draws import falls_within
from annotation.models import Item, Suggestion
from models_zoo.labels import QUESTION_TYPES

MOST_SHARE = 0.2  # past that, people learn to distrust every suggestion


def planted_label(*, item: Item, annotator_id: int, suggestion: Suggestion | None) -> str:
    """The wrong type to suggest to this person on this item, or an empty string for nearly all of them.

    It is the type that the model holds most likely among the wrong ones, so it is as plausible as its own
    mistakes are. Whether it is shown follows from item and person alone: a reload shows the same again.
    Where the model is wrong by itself nothing is planted: that suggestion tests the annotator as it is.
    """
    if suggestion is None or item.holdout or not item.gold or suggestion.label != item.gold:
        return ""
    if not falls_within(f"{item.key}\0{annotator_id}", "plant", item.dataset.plant_share):
        return ""
    wrong = [
        (probability, label)
        for probability, label in zip(suggestion.probabilities, QUESTION_TYPES, strict=True)
        if label != item.gold
    ]
    return max(wrong)[1]
