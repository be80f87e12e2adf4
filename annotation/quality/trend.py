"""Agreement over time: the items that got their last label in the same day or week."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from .agreement import krippendorff_alpha
from .votes import Label, counts_of

DAILY_UP_TO = timedelta(days=21)


def agreement_over_time(labels: Sequence[Label], classes: Sequence[str]) -> list[dict[str, Any]]:
    """Alpha of each period that has items with two labels, oldest first; periods are days, or else weeks."""
    if not labels:
        return []
    done: dict[int, date] = {}
    for label in labels:
        day = label.at.date()
        done[label.item] = max(done.get(label.item, day), day)
    days = set(done.values())
    weekly = max(days) - min(days) > DAILY_UP_TO
    periods: dict[date, list[Label]] = defaultdict(list)
    for label in labels:
        day = done[label.item]
        periods[day - timedelta(days=day.weekday()) if weekly else day].append(label)
    found = []
    for begins, theirs in sorted(periods.items()):
        alpha = krippendorff_alpha(counts_of(theirs, classes)[1])
        if alpha.n:
            found.append({"begins": begins.isoformat(), "weekly": weekly, "alpha": alpha.to_json()})
    return found
