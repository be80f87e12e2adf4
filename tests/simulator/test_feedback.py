"""The feedback page's figures."""

from datetime import UTC, datetime, timedelta

from models_zoo.labels import QUESTION_TYPES
from models_zoo.types import Distribution, Uncertainty
from simulator.feedback import SpokenLine, feedback_from

START = datetime(2026, 1, 1, tzinfo=UTC)


def type_of(index: int, entropy: float = 0.1) -> Distribution:
    probabilities = tuple(0.94 if place == index else 0.02 for place in range(4))
    return Distribution(QUESTION_TYPES, probabilities, Uncertainty(entropy, entropy, 0.0))


def line(persona: str, text: str, second: float, found: Distribution | None = None) -> SpokenLine:
    return SpokenLine(persona, text, START + timedelta(seconds=second), "message", found)


def feedback(lines: list[SpokenLine]):
    return feedback_from(lines, types=QUESTION_TYPES, duration_s=60, end_reason="finished", ratings={})


def test_counted_questions_make_the_mix_and_unsure_ones_are_set_apart():
    result = feedback(
        [
            line("teacher", "Why?", 0, type_of(0)),
            line("teacher", "How long?", 5, type_of(1)),
            line("teacher", "Hm?", 9, type_of(1, entropy=1.3)),
            line("teacher", "Lost?", 12, None),
        ]
    )
    assert result.mix == {
        QUESTION_TYPES[0]: 1,
        QUESTION_TYPES[1]: 1,
        QUESTION_TYPES[2]: 0,
        QUESTION_TYPES[3]: 0,
    }
    assert result.unsure == 2
    assert [question.counted for question in result.questions] == [True, True, False, False]


def test_talk_ratio_is_the_teachers_share_of_the_words():
    result = feedback([line("teacher", "one two three", 0), line("student", "four", 2)])
    assert (result.teacher_words, result.student_words, result.talk_ratio) == (3, 1, 0.75)


def test_wait_time_runs_from_the_students_reply_to_the_teachers_next_line():
    lines = [
        line("teacher", "a", 0),
        line("student", "b", 2),
        line("teacher", "c", 7),
        line("student", "hmm", 9),
        line("student", "d", 11),
        line("teacher", "e", 14),
    ]
    wait = feedback(lines).wait_time_s
    assert wait.values == [5.0, 3.0]
    assert wait.median == 4.0


def test_an_empty_rehearsal_has_no_ratio_and_no_wait_time():
    result = feedback([])
    assert (result.talk_ratio, result.wait_time_s.median, result.turns) == (None, None, 0)
