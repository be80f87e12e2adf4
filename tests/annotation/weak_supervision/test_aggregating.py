import numpy as np
import torch

from annotation.labelling_functions import FUNCTIONS
from annotation.models import Dataset
from annotation.questions import ABSTAIN, question_of
from annotation.weak_supervision.aggregating import dawid_skene, label_model, majority_vote
from annotation.weak_supervision.voting import votes_of


def demo_votes(demo: Dataset) -> tuple[np.ndarray, list[str]]:
    questions = [question_of(item.text, item.context) for item in demo.items.order_by("pk")]
    return votes_of(FUNCTIONS, questions), [question.text for question in questions]


def test_majority_vote_splits_a_tie_and_leaves_silence_open():
    found = majority_vote(np.array([[0, 1, 1], [0, 3, ABSTAIN], [ABSTAIN] * 3], dtype=np.int8))
    assert found[0].tolist() == [0, 1, 0, 0]
    assert found[1].tolist() == [0.5, 0, 0, 0.5]
    assert np.isnan(found[2]).all()


def test_the_models_say_the_same_each_time_about_what_is_covered(demo: Dataset):
    votes, texts = demo_votes(demo)
    covered = (votes != ABSTAIN).any(axis=1)
    for combine in (label_model, dawid_skene):
        first, second = combine(votes, texts), combine(votes, texts)
        assert np.array_equal(first, second, equal_nan=True)
        assert np.allclose(first[covered].sum(axis=1), 1)
        assert np.isnan(first[~covered]).all()


def test_repeating_a_question_changes_nothing(demo: Dataset):
    votes, texts = demo_votes(demo)
    more = np.vstack([votes, votes[:1].repeat(500, axis=0)]), texts + texts[:1] * 500
    for combine in (label_model, dawid_skene):
        assert np.allclose(combine(votes, texts), combine(*more)[: len(texts)], equal_nan=True)


def test_fitting_leaves_the_number_of_threads_as_it_was(demo: Dataset):
    votes, texts = demo_votes(demo)
    before = torch.get_num_threads()
    label_model(votes, texts)
    assert torch.get_num_threads() == before


def test_nobody_s_votes_are_nobody_s_labels():
    votes = np.full((5, 3), ABSTAIN, dtype=np.int8)
    for combine in (label_model, dawid_skene):
        assert np.isnan(combine(votes, list("abcde"))).all()
