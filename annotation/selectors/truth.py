"""What people say about an item, taken together."""

from collections import Counter, defaultdict

from annotation.models import Action, Annotation


def first_choices(*, holdout: bool) -> dict[int, Counter[str]]:
    """Item -> how many people put each type first; without items that somebody flagged for data issues."""
    standing = Annotation.objects.filter(
        is_standing=True, action=Action.LABEL, item__holdout=holdout, item__withdrawn_at=None
    ).values_list("item_id", "labels", "data_issue")
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    flagged = set()
    for item_id, labels, data_issue in standing:
        if data_issue:
            flagged.add(item_id)
        elif labels:
            counts[item_id][labels[0]] += 1
    return {item_id: count for item_id, count in counts.items() if item_id not in flagged}


def labels_of_people(*, holdout: bool) -> dict[int, str]:
    """Item -> the type that more people put first than any other; without items where they are split."""
    found = {}
    for item_id, count in first_choices(holdout=holdout).items():
        (label, most), *others = count.most_common(2)
        if not others or others[0][1] < most:
            found[item_id] = label
    return found
