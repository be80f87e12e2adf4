import pytest

from annotation.importing.dialogues import ImportedQuestion, ReadError, all_or_error
from annotation.importing.mathdial import read_mathdial
from annotation.importing.source import text_source


def read(content: str) -> list[ImportedQuestion]:
    return list(all_or_error(read_mathdial(text_source(content))))


HEAD = "qid,conversation\n"


def test_a_conversation_becomes_questions_with_their_context():
    row = '7,"Teacher: (generic)Hi there Ann|EOM|Ann: It is 5: 5.|EOM|Teacher: (probing)Why, do you think?"\n'
    first, second = read(HEAD + row)
    assert (first.text, first.gold, first.context) == ("Hi there Ann", "Other", ())
    assert (second.text, second.gold) == ("Why, do you think?", "Probing and Exploring")
    assert [(turn.persona, turn.text) for turn in second.context] == [
        ("teacher", "Hi there Ann"),
        ("student", "It is 5: 5."),
    ]


@pytest.mark.parametrize(
    ("move", "label"),
    [
        ("probing", "Probing and Exploring"),
        ("focus", "Procedural and Factual"),
        ("telling", "Expository and Cueing"),
        ("generic", "Other"),
    ],
)
def test_a_move_becomes_the_nearest_type(move: str, label: str):
    (question,) = read(f"{HEAD}1,Teacher: ({move})Some words here\n")
    assert question.gold == label


def test_two_dialogues_about_one_problem_are_kept_apart():
    found = list(read(HEAD + "1,Teacher: (focus)What is it?\n1,Teacher: (focus)What is it?\n"))
    assert len({question.key for question in found}) == 2
    assert len({question.group for question in found}) == 2


def test_a_turn_without_a_move_has_no_gold():
    (question,) = read(HEAD + "1,Teacher: What is it?\n")
    assert question.gold == ""


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("qid,text\n1,hello\n", 1, "'conversation' is missing"),
        ("", 1, "file is empty"),
        (HEAD + "1,Teacher: (focus)Fine words\n2,no speaker at all\n", 3, "does not start with who speaks"),
        (HEAD + "1,Teacher: (shouting)What?\n", 2, "'shouting' is no move"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(content: str, line: int, reason: str):
    with pytest.raises(ReadError) as caught:
        list(read(content))
    assert caught.value.line == line
    assert reason in caught.value.reason
