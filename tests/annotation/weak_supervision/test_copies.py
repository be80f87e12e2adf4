"""What ruins weak supervision: ten fair functions, and one bad one that was copied four times."""

import numpy as np
import pytest

from annotation.labelling_functions import FUNCTIONS
from annotation.models import Dataset
from annotation.questions import ABSTAIN, Question, question_of
from annotation.selectors.truth import gold_of
from annotation.weak_supervision import supervising
from annotation.weak_supervision.aggregating import aggregates_of
from annotation.weak_supervision.copies import copies_of, counted_once
from annotation.weak_supervision.voting import votes_of

N = 3000


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def truth(draw: np.random.Generator) -> np.ndarray:
    return draw.integers(0, 4, N)


def voter(draw: np.random.Generator, truth: np.ndarray, accuracy: float, coverage: float) -> np.ndarray:
    wrong = (truth + draw.integers(1, 4, N)) % 4
    said = np.where(draw.random(N) < accuracy, truth, wrong)
    return np.where(draw.random(N) < coverage, said, ABSTAIN).astype(np.int8)


@pytest.fixture
def fair(draw: np.random.Generator, truth: np.ndarray) -> np.ndarray:
    return np.stack([voter(draw, truth, accuracy, 0.5) for accuracy in np.linspace(0.55, 0.85, 10)], axis=1)


@pytest.fixture
def copied(draw: np.random.Generator, truth: np.ndarray, fair: np.ndarray) -> np.ndarray:
    bad = voter(draw, truth, 0.2, 1.0)
    return np.column_stack([fair, bad, bad, bad, bad])


def accuracies(votes: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    found = aggregates_of(votes, [str(n) for n in range(N)])
    return {name: float((np.nan_to_num(each).argmax(axis=1) == truth).mean()) for name, each in found.items()}


def test_four_copies_of_a_bad_function_ruin_every_model_and_are_counted_once(
    copied: np.ndarray, truth: np.ndarray
):
    ruined = accuracies(copied, truth)
    assert max(ruined["label_model"], ruined["dawid_skene"]) < 0.3
    saved = accuracies(counted_once(copied, copies_of(copied, np.full(N, ABSTAIN))), truth)
    assert min(saved["label_model"], saved["dawid_skene"]) > 0.88
    assert saved["majority_vote"] > 0.82


@pytest.mark.parametrize("judged", [0.0, 0.1, 1.0])
def test_the_copies_are_named_with_and_without_gold(
    draw: np.random.Generator, copied: np.ndarray, truth: np.ndarray, judged: float
):
    found = copies_of(copied, np.where(draw.random(N) < judged, truth, ABSTAIN))
    assert found == [[]] * 10 + [[11, 12, 13], [10, 12, 13], [10, 11, 13], [10, 11, 12]]


def test_a_copy_that_was_changed_a_little_is_still_found(
    draw: np.random.Generator, copied: np.ndarray, truth: np.ndarray
):
    changed = copied[:, 10].copy()
    changed[draw.random(N) < 0.08] = ABSTAIN
    assert copies_of(np.column_stack([copied[:, :11], changed]), np.full(N, ABSTAIN))[10:] == [[11], [10]]


def test_functions_that_agree_because_both_are_right_are_no_copies(
    draw: np.random.Generator, fair: np.ndarray, truth: np.ndarray
):
    right = [voter(draw, truth, 0.98, 1.0) for _ in range(2)]
    votes = np.column_stack([fair, *right])
    assert (votes[:, 10] == votes[:, 11]).mean() > 0.95
    assert copies_of(votes, truth) == [[]] * 12


def test_the_shipped_functions_are_no_copies_of_each_other(demo: Dataset):
    items = list(demo.items.order_by("pk"))
    votes = votes_of(FUNCTIONS, [question_of(item.text, item.context) for item in items])
    assert copies_of(votes, gold_of(items)) == [[]] * len(FUNCTIONS)


def test_the_page_s_figures_name_the_copies_and_what_is_kept_is_right(
    monkeypatch: pytest.MonkeyPatch, copied: np.ndarray, truth: np.ndarray
):
    names = [f"fair{n}" for n in range(10)] + [f"bad{n}" for n in range(4)]
    functions = tuple(type("Told", (), {"name": name, "description": ""})() for name in names)
    monkeypatch.setattr(supervising, "FUNCTIONS", functions)
    monkeypatch.setattr(supervising, "votes_of", lambda _functions, _questions: copied)
    found = supervising.supervise([Question(f"{n}?") for n in range(N)], truth)
    told = {each["name"]: each["copies"] for each in found.functions}
    assert told["bad1"] == ("bad0", "bad2", "bad3")
    assert not any(told[name] for name in names[:10])
    assert (found.probabilities.argmax(axis=1) == truth).mean() > 0.88
