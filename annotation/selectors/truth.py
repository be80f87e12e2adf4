"""What people say about an item, taken together; a decision between them is the truth."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annotation.models import Action, Adjudication, Annotation, Item
from annotation.questions import ABSTAIN
from models_zoo.labels import QUESTION_TYPES


def decisions() -> dict[int, str]:
    """Item -> what an adjudicator decided; an empty string where the item was found to be no good."""
    standing = Adjudication.objects.filter(is_standing=True, action=Action.LABEL)
    rows = standing.values_list("item_id", "label", "data_issue")
    return {item: "" if data_issue else label for item, label, data_issue in rows}


def first_choices(*, holdout: bool) -> dict[int, Counter[str]]:
    """Item -> how many people put each type first; without items that somebody flagged for data issues.

    Where somebody decided between the labels, the decision stands for all of them. Labels that were given
    under a planted suggestion are left out.
    """
    standing = Annotation.objects.filter(
        is_standing=True,
        action=Action.LABEL,
        item__holdout=holdout,
        item__withdrawn_at=None,
        planted_label="",
    ).values_list("item_id", "labels", "data_issue")
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    flagged = set()
    for item_id, labels, data_issue in standing:
        if data_issue:
            flagged.add(item_id)
        elif labels:
            counts[item_id][labels[0]] += 1
    found = {item_id: count for item_id, count in counts.items() if item_id not in flagged}
    for item_id, label in decisions().items():
        if label and item_id in {*counts, *flagged}:
            found[item_id] = Counter({label: 1})
        elif not label:
            found.pop(item_id, None)
    return found


def labels_of_people(*, holdout: bool) -> dict[int, str]:
    """Item -> the type that more people put first than any other; without items where they are split."""
    found = {}
    for item_id, count in first_choices(holdout=holdout).items():
        (label, most), *others = count.most_common(2)
        if not others or others[0][1] < most:
            found[item_id] = label
    return found


def gold_of(items: Sequence[Item]) -> NDArray[np.int64]:
    """What rules are judged by, as indices of the types, (n,), or ABSTAIN where there is nothing.

    A decision, an expert's label, or else what people said without a suggestion; others may lean on a model.
    """
    people, decided = labels_of_people(holdout=True), decisions()
    gold = np.full(len(items), ABSTAIN, dtype=np.int64)
    for row, item in enumerate(items):
        label = decided.get(item.pk, item.gold or people.get(item.pk))
        if label:
            gold[row] = QUESTION_TYPES.index(label)
    return gold
