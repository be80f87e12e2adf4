"""A threshold with a promise: at most a share ``target`` of the turns answered alone is wrong.

The threshold is chosen from verdicts on past turns, so the bound has to survive the choosing. Each
candidate is a hypothesis "more than ``target`` is wrong below it", tested by the exact binomial (the bound
of Clopper & Pearson, 1934). They are taken in ascending order by the fallback procedure (Wiens,
2003): a rejected one hands its share of the error level on to the next. This is "learn then test"
(Angelopoulos et al., 2021) with candidates placed at counts of turns; a few starting points keep one early
unlucky verdict from ending the search.

What it rests on: past and future turns are exchangeable, and the error below a threshold crosses the target
once as the threshold rises. Then, given how many scores lie below the crossing, the wrong among the ``m``
surest turns are at least binomial(m, target) wherever the null is true, although the candidates are
themselves scores.

Verdicts with unequal chances (audits) are first **thinned**: a turn seen with chance ``pi`` that could have
been seen with as little as ``floor`` is kept with chance ``floor / pi``. What is kept is an unweighted
sample of all turns, so the exact binomial stays exact; with weights in the bound itself it would not be.
"""

from dataclasses import dataclass
from math import ceil, log
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, betaincinv

Refusal = Literal["too_few_verdicts", "too_many_errors"]
STEP = 1.15  # neighbouring candidates differ by this factor in the turns below them
LARGEST_NEED = 1_000_000


@dataclass(frozen=True)
class Guarantee:
    """The largest threshold that the verdicts support, or why there is none.

    Attributes:
        threshold: the machine may answer turns whose score is below it; None when refused.
        n, wrong: verdicts below the threshold that the bound rests on, and the wrong ones among them. When
            refused: those of the candidate that came nearest.
        bound: upper limit of the share of wrong turns below, at ``confidence``, for this threshold alone.
        coverage: share of all kept verdicts that lie below the threshold.
        verdicts: kept after thinning.
        refusal: why there is no threshold, or None.
        needed: how many more verdicts it would take if errors stayed as rare as they are; None: none help.
    """

    target: float
    confidence: float
    threshold: float | None
    n: int
    wrong: int
    bound: float
    coverage: float
    verdicts: int
    refusal: Refusal | None = None
    needed: int | None = 0

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def upper_bound(wrong: float, n: float, *, confidence: float) -> float:
    """One-sided upper limit of a share by Clopper & Pearson (1934); counts need not be whole."""
    return 1.0 if n <= 0 or wrong >= n else float(betaincinv(wrong + 1, n - wrong, confidence))


def guaranteed_threshold(
    scores: ArrayLike,
    wrong: ArrayLike,
    *,
    target: float = 0.05,
    confidence: float = 0.90,
    propensities: ArrayLike | None = None,
    floors: ArrayLike | None = None,
    seed: int = 0,
) -> Guarantee:
    """The largest threshold below which at most ``target`` is wrong, with ``confidence``.

    Args:
        scores: uncertainty of each turn with a verdict, shape ``(n,)``; smaller is surer.
        wrong: whether the machine's turn was wrong, shape ``(n,)``.
        propensities: chance with which each turn came to have a verdict; None: all the same.
        floors: the least chance that the turn could have had, whatever its score; None: the least propensity.
        seed: of the thinning draw.

    Raises:
        ValueError: shapes differ, or a figure is outside its range.
    """
    if not (0 < target < 1 and 0 < confidence < 1):
        raise ValueError("target and confidence lie between 0 and 1, both excluded")
    score, bad = np.asarray(scores, dtype=np.float64), np.asarray(wrong, dtype=bool)
    if score.shape != bad.shape or score.ndim != 1 or not np.isfinite(score).all():
        raise ValueError("scores and wrong are two vectors of one length, scores finite")
    if propensities is not None:
        keep = _thinned(np.asarray(propensities, dtype=np.float64), floors, score.shape, seed)
        score, bad = score[keep], bad[keep]
    order = np.argsort(score, kind="stable")
    return _chosen(score[order], bad[order], target, confidence)


def _thinned(
    propensity: NDArray[np.float64], floors: ArrayLike | None, shape: tuple[int, ...], seed: int
) -> NDArray[np.bool_]:
    least = propensity.min(initial=1.0) if floors is None else floors
    floor = np.broadcast_to(np.asarray(least, dtype=np.float64), shape)
    if propensity.shape != shape or not ((floor >= 0) & (floor <= propensity) & (propensity <= 1)).all():
        raise ValueError("propensities fit the scores, with 0 <= floor <= propensity <= 1")
    ratio = np.divide(floor, propensity, out=np.zeros(shape), where=propensity > 0)
    return np.random.default_rng(seed).random(shape) < ratio


def _chosen(
    score: NDArray[np.float64], bad: NDArray[np.bool_], target: float, confidence: float
) -> Guarantee:
    """Test the candidates in ascending order; the last one rejected is the answer."""
    level = 1.0 - confidence
    starts = min(3, 1 + len(score) // 200)  # fewer verdicts, fewer starting points among which to share
    least = ceil(log(level / starts) / log(1.0 - target))  # turns needed when not one of them is wrong
    counts = _candidate_counts(score, least)
    if not len(counts):
        return _refused(score, bad, np.array([len(score)]), target, confidence, least)
    errors = np.concatenate([[0], np.cumsum(bad)])[counts]
    p_values = bdtr(errors, counts, target)
    budget = np.zeros(len(counts))
    begin = np.unique(np.linspace(0, len(counts), starts, endpoint=False).astype(int))
    budget[begin] = level / len(begin)
    carried, chosen = 0.0, -1
    for index, p_value in enumerate(p_values):
        available = carried + budget[index]
        carried = available if p_value <= available else 0.0
        chosen = index if p_value <= available else chosen
    if chosen < 0:
        return _refused(score, bad, counts, target, confidence, least)
    n, errors_below = int(counts[chosen]), int(errors[chosen])
    return Guarantee(
        target=target,
        confidence=confidence,
        threshold=float(score[n]) if n < len(score) else float(np.nextafter(score[-1], np.inf)),
        n=n,
        wrong=errors_below,
        bound=upper_bound(errors_below, n, confidence=confidence),
        coverage=n / len(score),
        verdicts=len(score),
    )


def _candidate_counts(score: NDArray[np.float64], least: int) -> NDArray[np.intp]:
    """How many turns lie below each candidate: about ``STEP`` apart, and never in the middle of a tie."""
    wanted, count = [], float(least)
    while count < len(score):
        wanted.append(score[int(count)])
        count = max(count + 1.0, count * STEP)
    below = np.searchsorted(score, [*wanted, np.inf], side="left")
    return np.unique(below[below >= least])


def _refused(
    score: NDArray[np.float64],
    bad: NDArray[np.bool_],
    counts: NDArray[np.intp],
    target: float,
    confidence: float,
    least: int,
) -> Guarantee:
    errors = np.concatenate([[0], np.cumsum(bad)])[counts]
    nearest = int(np.argmin(bdtr(errors, counts, target))) if len(score) else 0
    n, wrong = int(counts[nearest]), int(errors[nearest])
    needed = _needed(n, wrong, len(score), target, confidence, least)
    return Guarantee(
        target=target,
        confidence=confidence,
        threshold=None,
        n=n,
        wrong=wrong,
        bound=upper_bound(wrong, n, confidence=confidence),
        coverage=0.0,
        verdicts=len(score),
        refusal="too_few_verdicts" if needed is not None else "too_many_errors",
        needed=needed,
    )


def _needed(n: int, wrong: int, total: int, target: float, confidence: float, least: int) -> int | None:
    """How many more verdicts would do, if those below the nearest candidate stayed as often wrong."""
    if total < least:
        return least - total
    rate, count = wrong / n, n
    while count < LARGEST_NEED and rate < target:
        if upper_bound(rate * count, count, confidence=1.0 - (1.0 - confidence) / 3) <= target:
            return max(1, ceil((count - n) * total / n))
        count = ceil(count * 1.05)
    return None
