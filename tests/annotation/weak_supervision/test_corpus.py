import numpy as np

from annotation.labelling_functions import FUNCTIONS
from annotation.questions import Question
from annotation.weak_supervision.corpus import corpus_votes
from annotation.weak_supervision.voting import votes_of

TEXTS = ["Why?", " How many? ", "The answer is 4.", "Well done!"] * 700


def test_processes_keep_the_order_of_the_texts():
    alone, together = corpus_votes(TEXTS, processes=1), corpus_votes(iter(TEXTS), processes=2)
    assert np.array_equal(alone, together)
    assert np.array_equal(alone, votes_of(FUNCTIONS, [Question(text.strip()) for text in TEXTS]))


def test_no_texts_give_no_votes():
    assert corpus_votes([], processes=1).shape == (0, len(FUNCTIONS))
