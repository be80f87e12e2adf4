"""The promise holds as often as it says, on scores that rank errors well, badly and not at all."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from models_zoo.routing.guarantee import guaranteed_threshold, upper_bound

TRIALS, TARGET, CONFIDENCE = 200, 0.05, 0.90


def turns(rng, n, kind):
    """Scores and errors of ``n`` turns: skewed towards sure as the engine's are, errors growing with them."""
    score = rng.beta(1.2, 3.0, n)
    risk = {
        "ranks well": score**2,
        "ranks fairly": 0.02 + 0.4 * score,
        "two kinds of turns": np.where(score < 0.3, 0.03, 0.4),
        "does not rank": np.full(n, 0.051),
    }[kind]
    return score.round(4), rng.random(n) < risk


def assert_promise_kept(broken):
    """The promise was broken in no more trials than its rate allows, at the 1 % level of an exact test."""
    test = binomtest(broken, TRIALS, 1 - CONFIDENCE, alternative="greater")
    assert test.pvalue > 0.01, f"{broken} of {TRIALS} thresholds broke the promise"


@pytest.mark.parametrize("kind", ["ranks well", "ranks fairly", "two kinds of turns", "does not rank"])
def test_over_200_random_splits_the_promise_holds_at_its_rate(kind):
    rng = np.random.default_rng(7)
    population, errors = turns(rng, 60_000, kind)
    broken = 0
    for _ in range(TRIALS):
        chosen = np.zeros(len(population), dtype=bool)
        chosen[rng.choice(len(population), 600, replace=False)] = True
        found = guaranteed_threshold(population[chosen], errors[chosen], target=TARGET, confidence=CONFIDENCE)
        if found.threshold is not None:
            broken += errors[~chosen & (population < found.threshold)].mean() > TARGET
    assert_promise_kept(broken)


def test_the_largest_threshold_with_few_enough_errors_would_break_it():
    """Why a bound is needed, and that the test above can tell."""
    rng = np.random.default_rng(7)
    population, errors = turns(rng, 60_000, "ranks well")
    broken = 0
    for _ in range(TRIALS):
        chosen = rng.choice(len(population), 600, replace=False)
        chosen = chosen[np.argsort(population[chosen])]
        share = np.cumsum(errors[chosen]) / np.arange(1, 601)
        naive = population[chosen][np.flatnonzero(share <= TARGET)[-1]]
        broken += errors[population < naive].mean() > TARGET
    with pytest.raises(AssertionError):
        assert_promise_kept(broken)


def test_the_promise_holds_on_audits_and_uncertain_turns_together():
    """Confident turns have a verdict with chance 0.2, uncertain ones always: as after blind audits."""
    rng = np.random.default_rng(8)
    population, errors = turns(rng, 60_000, "ranks well")
    broken = answered = 0
    for _ in range(TRIALS):
        some = rng.choice(len(population), 3000, replace=False)
        propensity = np.where(population[some] < 0.1, 0.2, 1.0)
        seen = some[rng.random(3000) < propensity]
        found = guaranteed_threshold(
            population[seen],
            errors[seen],
            target=TARGET,
            confidence=CONFIDENCE,
            propensities=np.where(population[seen] < 0.1, 0.2, 1.0),
            seed=int(rng.integers(1 << 30)),
        )
        if found.threshold is not None:
            answered += 1
            broken += errors[population < found.threshold].mean() > TARGET
    assert_promise_kept(broken)
    assert answered > TRIALS / 2


def test_ignoring_the_propensities_would_break_it():
    """The thinning is needed: were easy turns seen more often, raw counts would promise too much."""
    rng = np.random.default_rng(9)
    score = rng.random(40_000)
    errors = rng.random(40_000) < 0.2 * score
    seen = rng.random(40_000) < np.where(score < 0.3, 1.0, 0.02)
    raw = guaranteed_threshold(score[seen], errors[seen])
    thinned = guaranteed_threshold(
        score[seen], errors[seen], propensities=np.where(score[seen] < 0.3, 1.0, 0.02)
    )
    assert raw.threshold is not None
    assert errors[score < raw.threshold].mean() > TARGET
    assert thinned.threshold is None or errors[score < thinned.threshold].mean() <= TARGET


def test_good_scores_and_many_verdicts_give_nearly_the_best_threshold():
    score, errors = turns(np.random.default_rng(3), 20_000, "ranks well")
    found = guaranteed_threshold(score, errors)
    best = max(cut for cut in np.linspace(0.1, 1, 200) if errors[score < cut].mean() <= TARGET)
    assert found.threshold is not None
    assert best - 0.06 < found.threshold <= best
    assert found.n == (score < found.threshold).sum()
    assert found.wrong == errors[score < found.threshold].sum()


def test_the_bound_is_that_of_clopper_and_pearson():
    for wrong, n in ((0, 45), (3, 120), (11, 400)):
        bound = upper_bound(wrong, n, confidence=0.9)
        assert bound == pytest.approx(binomtest(wrong, n).proportion_ci(0.8, method="exact").high)
        assert binom.cdf(wrong, n, bound) == pytest.approx(0.1)


def test_forty_four_right_verdicts_are_one_too_few():
    """0.95**45 is the first power below 0.10."""
    few = guaranteed_threshold(np.linspace(0, 1, 44), np.zeros(44))
    assert (few.threshold, few.refusal, few.needed) == (None, "too_few_verdicts", 1)
    enough = guaranteed_threshold(np.linspace(0, 1, 45), np.zeros(45))
    assert enough.n == 45
    assert enough.threshold is not None
    assert enough.threshold > 1.0


def test_no_verdicts_are_refused():
    found = guaranteed_threshold([], [])
    assert (found.refusal, found.needed, found.n, found.bound) == ("too_few_verdicts", 45, 0, 1.0)


def test_a_model_that_is_often_wrong_is_refused_for_good():
    rng = np.random.default_rng(0)
    found = guaranteed_threshold(rng.random(500), rng.random(500) < 0.4)
    assert (found.threshold, found.refusal, found.needed) == (None, "too_many_errors", None)


def test_tied_scores_are_never_split():
    found = guaranteed_threshold(np.repeat([0.1, 0.2, 0.9], 80), np.repeat([False, False, True], 80))
    assert found.threshold == 0.9
    assert found.n == 160


def test_figures_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="one length"):
        guaranteed_threshold([0.1, 0.2], [True])
    with pytest.raises(ValueError, match="between 0 and 1"):
        guaranteed_threshold([0.1], [True], target=0.0)
    with pytest.raises(ValueError, match="floor <= propensity"):
        guaranteed_threshold([0.1], [True], propensities=[0.1], floors=[0.5])
