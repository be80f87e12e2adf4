import pytest

from annotation.labelling_functions import FUNCTIONS
from annotation.questions import ABSTAIN, EXPOSITORY, OTHER, PROBING, PROCEDURAL, Question, is_question_item

BY_NAME = {function.name: function for function in FUNCTIONS}
VOTES_FOR = {
    "asks_why": ("Why did you divide?", PROBING),
    "asks_to_explain": ("Please walk me through that.", PROBING),
    "asks_how_they_did_it": ("How did you find the height?", PROBING),
    "asks_for_their_thinking": ("What does the 4 stand for?", PROBING),
    "asks_to_explore": ("Is there another way to see it?", PROBING),
    "asks_for_a_quantity": ("How many tiles are left?", PROCEDURAL),
    "asks_for_a_result": ("What is 12 times 3?", PROCEDURAL),
    "asks_for_the_next_step": ("What should you do next?", PROCEDURAL),
    "asks_yes_or_no": ("Is the red side longer than this one?", PROCEDURAL),
    "asks_to_compute": ("Calculate the area.", PROCEDURAL),
    "asks_for_a_stated_fact": ("What information do we have?", PROCEDURAL),
    "asks_to_redo": ("Read the task again.", PROCEDURAL),
    "asks_about_a_number": ("So you got 15 there?", PROCEDURAL),
    "leaves_a_gap": ("And what about the width?", PROCEDURAL),
    "gives_the_answer": ("The answer is 24.", EXPOSITORY),
    "tells_what_to_do": ("You need to double the width.", EXPOSITORY),
    "corrects": ("Not quite, the price goes up by two for every bag here.", EXPOSITORY),
    "gives_a_hint": ("Remember that a week has seven days.", EXPOSITORY),
    "leads_to_yes": ("It gets larger, doesn't it?", EXPOSITORY),
    "explains_at_length": (
        "There were 20 seats in the first row and every row behind that one had fewer of them.",
        EXPOSITORY,
    ),
    "states_a_fact": ("The small one measures 4.", EXPOSITORY),
    "only_praises": ("Excellent work!", OTHER),
    "only_judges": ("I see.", OTHER),
    "only_greets": ("Hello Kim!", OTHER),
    "manages": ("Take your time.", OTHER),
    "says_next_to_nothing": ("Carry on then.", OTHER),
}

SILENT_ABOUT_WHY = {"says_next_to_nothing"}  # it votes on what is not there


def test_there_are_functions_for_every_type():
    assert len(FUNCTIONS) >= 10
    assert {label for _, label in VOTES_FOR.values()} == {PROBING, PROCEDURAL, EXPOSITORY, OTHER}


def test_every_function_has_an_example_here():
    assert set(VOTES_FOR) == set(BY_NAME)


@pytest.mark.parametrize(("name", "text", "label"), [(n, t, label) for n, (t, label) in VOTES_FOR.items()])
def test_a_function_votes_for_its_type(name: str, text: str, label: int):
    assert BY_NAME[name](Question(text)) == label


@pytest.mark.parametrize("text", ["", "   ", "???", "🙂", "a" * 4000, "1" * 4000, "(" * 200])
def test_no_function_stumbles_over_strange_text(text: str):
    assert all(function(Question(text)) in (ABSTAIN, 0, 1, 2, 3) for function in FUNCTIONS)


def test_an_explanation_is_shown_for_every_function():
    assert all(len(function.description) > 10 for function in FUNCTIONS)


@pytest.mark.parametrize(
    "text", ["What is the area", "ok why", "so how did you get 4", "No. Can you say more"]
)
def test_a_question_is_known_without_its_mark(text: str):
    assert Question(text).asks


@pytest.mark.parametrize("text", ["I know what you did", "That is why it works", "Good."])
def test_a_statement_is_no_question(text: str):
    assert not Question(text).asks


@pytest.mark.parametrize(
    ("text", "counts"), [("Why?", True), ("Add them.", True), ("Okay", False), ("?", False), ("", False)]
)
def test_what_is_worth_a_label(text: str, counts: bool):
    assert is_question_item(text) is counts


@pytest.mark.parametrize("name", [name for name in VOTES_FOR if name not in SILENT_ABOUT_WHY])
def test_what_a_vote_rests_on_is_shown(name: str):
    text, _ = VOTES_FOR[name]
    spans = BY_NAME[name].spans(Question(text))
    assert spans
    assert all(0 <= start < end <= len(text) for start, end in spans)
