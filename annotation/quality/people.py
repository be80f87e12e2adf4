"""What is known about an annotator: accuracy on gold, over-trust, haste."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

# Silent reading of English prose runs at 238 words a minute on average (Brysbaert 2019, 190 studies). Four
# times that is faster than anybody reads, and a quarter of a second is what a key press alone takes.
READING_MS = 60_000 / (4 * 238)
PRESS_MS = 250
# A person is flagged when it is clear that more than one in ten of their acceptances came too fast.
HASTY_SHARE = 0.1
LEAST_ACCEPTED = 20


@dataclass(frozen=True, slots=True)
class Accepted:
    """A suggestion that was taken over: what there was to read, and how long it was looked at."""

    words: int
    active_ms: int


def least_ms(words: int) -> float:
    """The time below which nobody has read so many words and pressed a key, in milliseconds."""
    return PRESS_MS + READING_MS * words


def too_fast(accepted: Accepted) -> bool:
    """Whether it was accepted unread. Without a measured time (no script ran) nothing is said."""
    return 0 < accepted.active_ms < least_ms(accepted.words)


def haste(accepted: Sequence[Accepted]) -> dict[str, Any]:
    """Share of acceptances that came too fast, with its interval, and whether that is to be looked at."""
    timed = [each for each in accepted if each.active_ms > 0]
    found = share(sum(too_fast(each) for each in timed), len(timed))
    flagged = len(timed) >= LEAST_ACCEPTED and found["low"] is not None and found["low"] > HASTY_SHARE
    middle = median(each.active_ms for each in timed) if timed else None
    return {**found, "flagged": flagged, "median_ms": middle}


def share(count: int, n: int) -> dict[str, Any]:
    """A share with its 95 % Wilson interval (1927), which holds for few and for none."""
    if n == 0:
        return {"value": None, "low": None, "high": None, "n": 0, "count": 0}
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(count, n, method="wilson")
    low, high = min(float(low), count / n), max(float(high), count / n)
    return {"value": count / n, "low": low, "high": high, "n": n, "count": count}
