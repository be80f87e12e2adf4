import warnings
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from annotation.quality import agreement
from annotation.quality.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha, one_against_rest

CLASSES = 4


def votes(n: int, people: int, accuracy: float, seed: int = 0) -> np.ndarray:
    """People who say the truth with a probability, and anything otherwise: (n, people)."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, CLASSES, n)
    guess = generator.integers(0, CLASSES, (n, people))
    return np.where(generator.random((n, people)) < accuracy, truth[:, None], guess)


def counts(said: np.ndarray) -> np.ndarray:
    return np.stack([(said == label).sum(axis=1) for label in range(CLASSES)], axis=1).astype(float)


rows = st.lists(st.lists(st.integers(0, 3), min_size=CLASSES, max_size=CLASSES), min_size=5, max_size=20)


def alpha_pair_by_pair(table: list[list[int]]) -> float:
    """Alpha as it is defined: disagreeing pairs within items over disagreeing pairs among all labels."""
    items = [
        [label for label, times in enumerate(row) for _ in range(times)] for row in table if sum(row) >= 2
    ]
    everything = [label for item in items for label in item]
    observed = sum(sum(a != b for a, b in permutations(item, 2)) / (len(item) - 1) for item in items) / len(
        everything
    )
    chance = sum(a != b for a, b in permutations(everything, 2))
    return 1 - observed * len(everything) * (len(everything) - 1) / chance


@given(rows)
def test_alpha_is_what_its_definition_says(table: list[list[int]]):
    found = np.array(table, dtype=float)
    pairable = found[found.sum(axis=1) >= 2]
    if not len(pairable) or (pairable.sum(axis=0) > 0).sum() < 2:
        return
    assert krippendorff_alpha(found).value == pytest.approx(alpha_pair_by_pair(table))


@pytest.mark.parametrize(
    ("said", "published"),
    [
        (["0100000010", "1110010000"], 0.095),  # two people, two classes
        (["aabbdcccedda", "babbbccceddd"], 0.692),  # two people, five classes
        (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 0.743),
    ],
)
def test_alpha_of_published_examples(said: list[str], published: float):
    """The nominal examples of Krippendorff (2011), sections A to C; a dot is a label that was not given."""
    classes = sorted(set("".join(said)) - {"."})
    columns = ["".join(column) for column in zip(*said, strict=True)]
    table = np.array([[column.count(label) for label in classes] for column in columns], dtype=float)
    assert krippendorff_alpha(table).value == pytest.approx(published, abs=0.0005)


def test_resampled_kappas_are_those_of_the_libraries():
    said = votes(60, 3, 0.6)
    table = counts(said)
    fleiss = agreement._fleiss_of(agreement._fleiss_parts(table).sum(axis=0)[None])[0]
    assert fleiss == pytest.approx(statsmodels_fleiss(table, method="fleiss"))
    cells = np.zeros((60, CLASSES * CLASSES))
    cells[np.arange(60), said[:, 0] * CLASSES + said[:, 1]] = 1
    cohen = agreement._cohen_of(cells.sum(axis=0)[None], CLASSES)[0]
    assert cohen == pytest.approx(cohen_kappa_score(said[:, 0], said[:, 1]))


@pytest.mark.parametrize("measure", ["alpha", "fleiss", "cohen"])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(measure: str):
    """Of 60 small samples, at least 52 intervals hold the value of a very large one (95 % are 57)."""

    def measured(said: np.ndarray) -> agreement.Agreement:
        if measure == "cohen":
            return cohen_kappa(said[:, 0].tolist(), said[:, 1].tolist(), CLASSES)
        return (krippendorff_alpha if measure == "alpha" else fleiss_kappa)(counts(said))

    truth = measured(votes(20_000, 2, 0.7, seed=999)).value
    held = [measured(votes(80, 2, 0.7, seed)) for seed in range(60)]
    assert sum(each.low <= truth <= each.high for each in held) >= 52


def test_the_same_labels_give_the_same_interval():
    table = counts(votes(40, 2, 0.7))
    assert krippendorff_alpha(table) == krippendorff_alpha(table)


def test_items_with_one_label_say_nothing_about_agreement():
    table = counts(votes(40, 2, 0.7))
    alone = np.vstack([table, np.eye(CLASSES)])
    assert krippendorff_alpha(alone) == krippendorff_alpha(table)


@pytest.mark.parametrize("table", [np.zeros((0, 4)), np.eye(4), np.tile([2.0, 0, 0, 0], (9, 1))])
def test_where_nothing_can_be_said_nothing_is_said(table: np.ndarray):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for measure in (krippendorff_alpha, fleiss_kappa):
            assert measure(table).value is None
        assert cohen_kappa([0, 0], [0, 0], 4).value is None


def test_few_items_have_a_value_but_no_interval():
    found = krippendorff_alpha(np.array([[2.0, 0, 0, 0], [0, 2, 0, 0], [1, 1, 0, 0]]))
    assert found.value is not None
    assert found.low is None


def test_a_class_against_the_rest_counts_everybody():
    assert one_against_rest(np.array([[2.0, 1, 0, 0]]), 1).tolist() == [[1, 2]]
