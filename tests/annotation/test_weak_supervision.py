import numpy as np
import torch

from annotation.labelling_functions import FUNCTIONS
from annotation.models import Dataset
from annotation.questions import ABSTAIN, OTHER, PROBING, Question, question_of
from annotation.weak_supervision import (
    figures_of,
    label_model,
    labelling_function,
    majority_vote,
    votes_of,
)


@labelling_function
def always_probing(question: Question) -> int:
    """Says the same of everything."""
    return PROBING


@labelling_function
def copy_of_it(question: Question) -> int:
    """Says what the other one says."""
    return PROBING


def demo_votes(demo: Dataset) -> tuple[np.ndarray, list[str]]:
    questions = [question_of(item.text, item.context) for item in demo.items.order_by("pk")]
    return votes_of(FUNCTIONS, questions), [question.text for question in questions]


def test_majority_vote_splits_a_tie_and_leaves_silence_open():
    found = majority_vote(np.array([[0, 1, 1], [0, 3, ABSTAIN], [ABSTAIN] * 3]))
    assert found[0].tolist() == [0, 1, 0, 0]
    assert found[1].tolist() == [0.5, 0, 0, 0.5]
    assert np.isnan(found[2]).all()


def test_the_label_model_says_the_same_each_time(demo: Dataset):
    votes, texts = demo_votes(demo)
    first, second = label_model(votes, texts), label_model(votes, texts)
    assert np.array_equal(first, second, equal_nan=True)
    covered = ~np.isnan(first[:, 0])
    assert np.allclose(first[covered].sum(axis=1), 1)
    assert (covered == (votes != ABSTAIN).any(axis=1)).all()


def test_repeating_a_question_does_not_change_what_the_label_model_learns(demo: Dataset):
    votes, texts = demo_votes(demo)
    once = label_model(votes, texts)
    repeated = label_model(np.vstack([votes, votes[:1].repeat(500, axis=0)]), texts + texts[:1] * 500)
    assert np.allclose(once, repeated[: len(once)], equal_nan=True)


def test_fitting_leaves_the_number_of_threads_as_it_was(demo: Dataset):
    votes, texts = demo_votes(demo)
    before = torch.get_num_threads()
    label_model(votes, texts)
    assert torch.get_num_threads() == before


def test_a_copied_rule_is_noticed():
    questions = [Question(f"Why is it {number}?") for number in range(20)]
    votes = votes_of([always_probing, copy_of_it], questions)
    figures = figures_of([always_probing, copy_of_it], votes, np.full(20, ABSTAIN))
    assert [each.copies for each in figures] == [("copy_of_it",), ("always_probing",)]


def test_the_shipped_functions_are_no_copies_of_each_other(demo: Dataset):
    votes, texts = demo_votes(demo)
    assert [
        each.name for each in figures_of(FUNCTIONS, votes, np.full(len(texts), ABSTAIN)) if each.copies
    ] == []


def test_accuracy_is_counted_on_gold_alone():
    votes = np.array([[PROBING], [PROBING], [PROBING], [ABSTAIN]])
    gold = np.array([PROBING, OTHER, ABSTAIN, PROBING])
    (figures,) = figures_of([always_probing], votes, gold)
    assert (figures.gold, figures.accuracy, figures.coverage) == (2, 0.5, 0.75)


def test_no_questions_give_no_votes():
    assert votes_of(FUNCTIONS, []).shape == (0, len(FUNCTIONS))
    assert figures_of(FUNCTIONS, votes_of(FUNCTIONS, []), np.empty(0))[0].coverage == 0
