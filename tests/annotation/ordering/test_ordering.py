import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.ordering.consequence import consequences
from annotation.ordering.diversity import k_center
from annotation.ordering.places import places
from annotation.ordering.replies import outcome_of
from annotation.ordering.strategies import STRATEGIES


def unit(rows: list[list[float]]) -> np.ndarray:
    found = np.array(rows, dtype=float)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_the_farthest_from_what_is_labelled_comes_first():
    candidates = unit([[1, 0.1], [0, 1], [1, 1]])
    order, distances = k_center(candidates, unit([[1, 0]]))
    assert order.tolist()[0] == 1
    assert distances[0] == pytest.approx(1)
    assert sorted(order.tolist()) == [0, 1, 2]
    assert (np.diff(distances) <= 1e-12).all()


def test_with_nothing_labelled_the_most_central_begins():
    assert k_center(unit([[1, 0], [1, 0.2], [0.2, 1]]), np.empty((0, 2)))[0][0] == 1
    assert len(k_center(np.empty((0, 2)), np.empty((0, 2)))[0]) == 0


@given(st.integers(0, 60), st.integers(0, 30))
def test_the_random_share_stays_even_and_both_keep_their_order(ranked: int, random: int):
    found = places(list(range(ranked)), list(range(1000, 1000 + random)))
    assert len(found) == ranked + random == len(set(found.values()))
    by_place = sorted(found, key=found.__getitem__)
    assert [item for item in by_place if item < 1000] == list(range(ranked))
    assert [item for item in by_place if item >= 1000] == list(range(1000, 1000 + random))
    share = random / max(1, ranked + random)
    for done in range(1, len(by_place) + 1):
        assert abs(sum(item >= 1000 for item in by_place[:done]) - share * done) <= 1


def read(_numbers: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return probabilities.argmax(axis=-1)


def test_an_item_next_to_undecided_turns_weighs_more_than_one_next_to_none():
    turns = unit([[1, 0.05 * n, 0] for n in range(8)])
    found = consequences(
        items=unit([[1, 0, 0], [0, 0, 1]]),
        guesses=np.array([[0.6, 0.3, 0.1], [0.6, 0.3, 0.1]]),
        trained=np.empty((0, 3)),
        turns=turns,
        replies=np.tile([0.45, 0.40, 0.15], (8, 1)),
        outcome=read,
    )
    assert found.at_stake.tolist() == [8, 0]
    assert found.expected[0] == pytest.approx(0.3 * 8 + 0.1 * 8)
    assert found.expected[1] == 0


def test_turns_that_are_sure_do_not_hang_on_one_label():
    found = consequences(
        items=unit([[1, 0]]),
        guesses=np.array([[0.9, 0.1]]),
        trained=unit([[1, 0]] * 50),
        turns=unit([[1, 0]]),
        replies=np.array([[0.99, 0.01]]),
        outcome=read,
    )
    assert found.at_stake.tolist() == [0]


def test_the_influence_is_that_of_fitting_again():
    """On a ridge softmax regression the predicted change of the logits goes with the real one."""
    from sklearn.linear_model import LogisticRegression

    generator = np.random.default_rng(0)
    features = 2 * unit(generator.normal(size=(80, 5)).tolist())
    labels = (features @ generator.normal(size=(5, 3)) + generator.gumbel(size=(80, 3)) * 0.3).argmax(axis=1)
    turns = 2 * unit(generator.normal(size=(30, 5)).tolist())

    def fitted(said: np.ndarray) -> LogisticRegression:
        return LogisticRegression(fit_intercept=False, tol=1e-8, max_iter=1000).fit(features, said)

    p = fitted(labels).predict_proba(features)
    hessian = (p * (1 - p)).mean() * features.T @ features + np.eye(5)
    real, predicted = [], []
    for item in range(10):
        flipped = labels.copy()
        flipped[item] = (labels[item] + 1) % 3
        change = turns @ (fitted(flipped).coef_ - fitted(labels).coef_).T
        real.append(change[:, flipped[item]] - change[:, labels[item]])
        predicted.append(2 * turns @ np.linalg.solve(hessian, features[item]))
    assert np.corrcoef(np.concatenate(real), np.concatenate(predicted))[0, 1] > 0.8


def test_without_turns_nothing_is_at_stake():
    found = consequences(
        items=np.eye(2), guesses=np.full((2, 2), 0.5), trained=np.empty((0, 2)),
        turns=np.empty((0, 2)), replies=np.empty((0, 2)), outcome=read,
    )  # fmt: skip
    assert found.expected.tolist() == [0, 0]


def test_a_reply_is_its_route_and_the_type_that_is_told():
    outcome = outcome_of(weights=np.array([0.5]), others=np.array([1.0]), thresholds=np.array([0.2]))
    rows = np.array([[[0.97, 0.01, 0.01, 0.01]], [[0.01, 0.97, 0.01, 0.01]], [[0.3, 0.3, 0.2, 0.2]]])
    first, second, unsure = outcome(np.array([0]), rows)[:, 0]
    assert first != second
    assert unsure == 4 + 5  # nothing told, and a person answered


def test_every_strategy_is_an_order_and_a_column():
    from annotation.models import ItemScore, Order

    assert [each.name for each in STRATEGIES] == list(Order.values)
    columns = {field.name for field in ItemScore._meta.get_fields()}
    assert set(Order.values) - {"random"} <= columns
