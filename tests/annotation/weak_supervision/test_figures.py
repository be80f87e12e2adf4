import numpy as np
import pytest
from snorkel.labeling import LFAnalysis

from annotation.labelling_functions.function import labelling_function
from annotation.questions import ABSTAIN, OTHER, PROBING, Question
from annotation.weak_supervision.figures import figures_of


@labelling_function
def always_probing(question: Question) -> int:
    """Says the same of everything."""
    return PROBING


def test_accuracy_is_counted_on_gold_alone():
    votes = np.array([[PROBING], [PROBING], [PROBING], [ABSTAIN]], dtype=np.int8)
    gold = np.array([PROBING, OTHER, ABSTAIN, PROBING])
    (figures,) = figures_of([always_probing], votes, gold, [[]])
    assert (figures.gold, figures.accuracy, figures.coverage) == (2, 0.5, 0.75)
    assert figures.votes_for == ("Probing and Exploring",)


@pytest.mark.filterwarnings("ignore:Input has data type int64:FutureWarning")  # how Snorkel calls SciPy
def test_coverage_overlaps_and_conflicts_are_snorkel_s():
    votes = np.random.default_rng(3).integers(-1, 4, (200, 5)).astype(np.int8)
    votes[:, 4] = ABSTAIN
    figures = figures_of([always_probing] * 5, votes, np.full(200, ABSTAIN), [[]] * 5)
    analysis = LFAnalysis(votes.astype(np.int64))
    assert np.allclose([each.coverage for each in figures], analysis.lf_coverages())
    assert np.allclose([each.overlaps for each in figures], analysis.lf_overlaps())
    assert np.allclose([each.conflicts for each in figures], analysis.lf_conflicts())


def test_without_questions_nothing_is_covered():
    (figures,) = figures_of(
        [always_probing], np.empty((0, 1), dtype=np.int8), np.empty(0, dtype=np.int64), [[]]
    )
    assert (figures.coverage, figures.overlaps, figures.conflicts, figures.accuracy) == (0, 0, 0, None)
