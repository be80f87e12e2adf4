import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from snorkel.labeling import LabelingFunction, LFApplier

from annotation.labelling_functions import FUNCTIONS
from annotation.labelling_functions.function import labelling_function
from annotation.questions import ABSTAIN, EXPOSITORY, PROBING, Question
from annotation.weak_supervision.voting import votes_of

# Pieces of which texts are made on which many functions vote.
PIECES = st.sampled_from(
    ["Why", "how did you", "what is", "12 + 3", "=", "the answer is", "you need to", "?", ".", "right", "is",
     "remember", "Well done", "ſo", "K", "×", "calculate", "again", ",", "it isn't", "\n", "next step"]
)  # fmt: skip
QUESTIONS = st.lists(
    st.builds(
        Question,
        st.lists(PIECES, max_size=9).map(" ".join),
        st.lists(st.tuples(st.just("student"), PIECES), max_size=2).map(tuple),
    ),
    max_size=12,
)


@labelling_function
def follows_a_why(question: Question) -> int:
    """Looks at what was said before it."""
    return PROBING if question.context and "Why" in question.context[-1][1] else ABSTAIN


@given(QUESTIONS)
def test_votes_are_snorkel_s_label_for_label(questions: list[Question]):
    functions = [*FUNCTIONS, follows_a_why]
    ours = votes_of(functions, questions + questions[:3])
    theirs = LFApplier([LabelingFunction(each.name, each.rule) for each in functions])
    expected = theirs.apply(questions + questions[:3], progress_bar=False)
    assert np.array_equal(ours, expected.reshape(ours.shape))


def test_a_text_is_read_once_unless_its_context_counts():
    calls: list[str] = []

    @labelling_function
    def counts(question: Question) -> int:
        """Votes for what it is told."""
        calls.append(question.text)
        return EXPOSITORY

    before = (("student", "Why?"),)
    questions = [Question("So.", before), Question("So."), Question("So.", before)]
    assert votes_of([counts], questions)[:, 0].tolist() == [EXPOSITORY] * 3
    assert calls == ["So."]
    assert votes_of([follows_a_why], questions)[:, 0].tolist() == [PROBING, ABSTAIN, PROBING]


def test_no_questions_give_no_votes():
    assert votes_of(FUNCTIONS, []).shape == (0, len(FUNCTIONS))
