import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from models_zoo.routing.risk_coverage import aurc, auroc, coverage_at, error_at, excess_aurc, risk_curve

RIGHT_FIRST = np.array([0.1, 0.2, 0.3, 0.4])
WRONG = np.array([False, False, True, True])


def test_a_perfect_doubt():
    assert auroc(RIGHT_FIRST, WRONG) == 1.0
    np.testing.assert_allclose(risk_curve(RIGHT_FIRST, WRONG), [0, 0, 1 / 3, 1 / 2])
    assert excess_aurc(RIGHT_FIRST, WRONG) == pytest.approx(0)
    assert coverage_at(RIGHT_FIRST, WRONG, 0.0) == 0.5
    assert coverage_at(RIGHT_FIRST, WRONG, 0.34) == 0.75


def test_turns_of_equal_doubt_cannot_be_told_apart():
    same = np.zeros(4)
    assert auroc(same, WRONG) == 0.5
    np.testing.assert_allclose(risk_curve(same, WRONG), [0.5] * 4)
    assert aurc(same, WRONG) == pytest.approx(0.5)
    assert coverage_at(same, WRONG, 0.4) == 0.0
    assert coverage_at(same, WRONG, 0.5) == 1.0
    assert error_at(same, WRONG, 0.5) == pytest.approx(0.5)


def test_without_a_wrong_answer_there_is_nothing_to_tell_apart():
    none = np.zeros(4, dtype=bool)
    assert auroc(RIGHT_FIRST, none) == 0.5
    assert aurc(RIGHT_FIRST, none) == 0.0
    assert coverage_at(RIGHT_FIRST, none, 0.0) == 1.0


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=60).filter(
        lambda rows: 0 < sum(wrong for _, wrong in rows) < len(rows)
    )
)
def test_auroc_is_scikit_learns(rows: list[tuple[int, bool]]):
    doubt = np.array([score for score, _ in rows], dtype=float)
    wrong = np.array([flag for _, flag in rows])
    assert auroc(doubt, wrong) == pytest.approx(roc_auc_score(wrong, doubt))


@given(st.permutations(range(12)))
def test_the_order_of_the_turns_does_not_matter(order: list[int]):
    doubt = np.array([0, 0, 1, 1, 1, 2, 3, 3, 4, 5, 5, 6], dtype=float)
    wrong = np.array([0, 1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1], dtype=bool)
    assert aurc(doubt[order], wrong[order]) == pytest.approx(aurc(doubt, wrong))
    assert coverage_at(doubt[order], wrong[order], 0.4) == coverage_at(doubt, wrong, 0.4)
