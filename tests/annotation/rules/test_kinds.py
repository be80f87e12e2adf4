"""What each kind of written function finds, and what it is refused for."""

import json
import subprocess
import sys

import pytest

from annotation.models import RuleKind
from annotation.questions import OTHER, PROBING, PROCEDURAL, Question
from annotation.rules import expressions
from annotation.rules.applying import apply_rule
from annotation.rules.checking import fault_of
from annotation.rules.source import RuleSource
from models_zoo.labels import QUESTION_TYPES

ASKS, TELLS = Question("Could you explain  why it grows?"), Question("I will explain it.")


def rule(kind: RuleKind, body: str, label: str = QUESTION_TYPES[PROBING], **options: object) -> RuleSource:
    return RuleSource("mine", kind, "Finds it.", label, body, options)


def test_keywords_are_whole_words_and_phrases_and_a_star_is_the_rest():
    applied = apply_rule(
        rule(RuleKind.KEYWORDS, "expl*\nexplain why\nrow"), [ASKS, TELLS, Question("Grow up")]
    )
    assert applied.votes.tolist() == [PROBING, PROBING, -1]
    assert applied.spans == [[(10, 17), (10, 22)], [(7, 14)], []]


def test_a_keyword_is_no_pattern():
    assert apply_rule(
        rule(RuleKind.KEYWORDS, "a.c\n(b"), [Question("abc"), Question("(b a.c")]
    ).votes.tolist() == [
        -1,
        PROBING,
    ]


@pytest.mark.parametrize(("asked", "votes"), [("any", [0, 0]), ("asks", [0, -1]), ("states", [-1, 0])])
def test_a_function_may_be_meant_for_questions_or_for_statements(asked: str, votes: list[int]):
    for kind in (RuleKind.KEYWORDS, RuleKind.PATTERN):
        assert apply_rule(rule(kind, "explain", asked=asked), [ASKS, TELLS]).votes.tolist() == votes


def test_a_pattern_shows_where_it_matched():
    applied = apply_rule(rule(RuleKind.PATTERN, r"\bWHY\b.*\?"), [ASKS, TELLS])
    assert (applied.votes.tolist(), applied.spans) == ([PROBING, -1], [[(19, 32)], []])
    exact = rule(RuleKind.PATTERN, "WHY", ignore_case=False)
    assert apply_rule(exact, [ASKS]).votes.tolist() == [-1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("(why", "character 5"),
        ("a[b", "character 4"),
        ("x(?P<>y)", "character 6"),
        ("a**", "character 3"),
        ("a*", "matches nothing at all"),
        ("(a|aa)+$", "Repetition inside repetition"),
        (r"^(\w+\s?)*$", "matches nothing|Repetition"),
        ("x" * 3000, "2000 characters"),
    ],
)
def test_a_pattern_is_refused_with_the_place_or_the_reason(body: str, said: str):
    fault = fault_of(rule(RuleKind.PATTERN, body))
    assert any(each in fault for each in said.split("|")), fault


def test_a_pattern_that_is_slow_on_stored_questions_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(expressions, "SEARCH_S", 0.01)
    questions = [Question("a" * 5000 + "!")] * 20
    applied = apply_rule(rule(RuleKind.PATTERN, "(a|aa)+$"), questions)
    assert applied.stopped
    assert set(applied.votes.tolist()) == {-1}
    assert len(applied.faults) == expressions.MOST_TIMEOUTS


def test_keywords_are_refused_when_they_find_everything_or_nothing():
    assert "“*” has no letter" in fault_of(rule(RuleKind.KEYWORDS, "why\n*"))
    assert "at least one" in fault_of(rule(RuleKind.KEYWORDS, " \n "))
    assert fault_of(rule(RuleKind.KEYWORDS, "why")) == ""


def test_a_name_of_the_repository_is_taken():
    taken = RuleSource("asks_why", RuleKind.KEYWORDS, "", QUESTION_TYPES[0], "why")
    assert "repository" in fault_of(taken)


def test_python_runs_confined_and_its_faults_name_question_and_line():
    good = "def vote(question):\n    return PROBING if 'why' in question.text else ABSTAIN\n"
    assert apply_rule(rule(RuleKind.PYTHON, good, ""), [ASKS, TELLS]).votes.tolist() == [PROBING, -1]
    bad = "def vote(question):\n    return question.words[5]\n"
    assert fault_of(rule(RuleKind.PYTHON, bad, ""), [TELLS]) == (
        "On “I will explain it.”: Line 2: IndexError: list index out of range"
    )
    assert fault_of(rule(RuleKind.PYTHON, "import os", "")).startswith("Line 1: Imports are not allowed")


def test_python_is_off_where_the_settings_say_so(settings):
    settings.ACTS_PYTHON_RULES = False
    source = rule(RuleKind.PYTHON, "def vote(question):\n    return PROBING\n", "")
    assert "ACTS_PYTHON_RULES" in fault_of(source)
    assert apply_rule(source, [ASKS]).votes.tolist() == [-1]


DESCRIBED = json.dumps(
    dict(
        zip(
            QUESTION_TYPES,
            ("Why do you think so?", "How much is 3 times 4?", "The answer is twelve.", "Good morning!"),
            strict=True,
        )
    )
)


def test_a_zero_shot_model_votes_for_the_nearest_description():
    asked = ("Why do you believe that?", "How much is 7 times 8?", "Good evening!")
    questions = [Question(text) for text in asked]
    found = apply_rule(rule(RuleKind.ZERO_SHOT, DESCRIBED, "", margin=0.0), questions)
    assert found.votes.tolist() == [PROBING, PROCEDURAL, OTHER]
    unsure = apply_rule(rule(RuleKind.ZERO_SHOT, DESCRIBED, "", margin=1.0), questions)
    assert unsure.votes.tolist() == [-1] * 3


def test_a_process_without_tensors_asks_another_one_and_gets_the_same():
    code = (
        "import os, sys, json, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings.test'\n"
        "django.setup()\n"
        "from annotation.rules.zero_shot import _similarities\n"
        "found = _similarities(['Why so?'], ['Why?', 'Hello'])\n"
        "print(json.dumps([found.tolist(), 'torch' in sys.modules]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    found, loaded = json.loads(done.stdout)
    from models_zoo.similarity import similarities

    assert not loaded
    assert found == pytest.approx(similarities(["Why so?"], ["Why?", "Hello"]), abs=1e-5)
