"""What a rehearsal looked like: question types, talk ratio, wait time. Pure functions over spoken lines.

Nothing here depends on who answered as the student.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import quantiles

from models_zoo.types import Distribution

# A question type counts when its normalised predictive entropy is at most this; above it the model is
# too unsure, and the teacher is told so instead of being told something wrong.
MAX_NORMALISED_ENTROPY = 0.6


@dataclass(frozen=True)
class SpokenLine:
    """A line of the dialogue; ``question_type`` is the model's distribution for teacher's lines.

    ``number`` is the turn's. ``decided`` is what people settled after a dispute: it counts in the place of
    the model's; None where nothing was.
    """

    persona: str
    text: str
    at: datetime
    kind: str
    question_type: Distribution | None = None
    number: int | None = None
    decided: str | None = None


@dataclass(frozen=True)
class QuestionFeedback:
    number: int | None
    text: str
    at: datetime
    question_type: str | None
    confidence: float | None
    counted: bool
    decided: bool = False

    @property
    def told(self) -> str:
        """The type that the report gives; empty when it gives none."""
        return self.question_type or "" if self.counted else ""


@dataclass(frozen=True)
class WaitTime:
    """Seconds between the student's reply and the teacher's next line (wait time II, Rowe 1986)."""

    values: list[float] = field(default_factory=list)
    p25: float | None = None
    median: float | None = None
    p75: float | None = None


@dataclass(frozen=True)
class Feedback:
    questions: list[QuestionFeedback]
    mix: dict[str, int]
    unsure: int
    teacher_words: int
    student_words: int
    talk_ratio: float | None
    wait_time_s: WaitTime
    turns: int
    duration_s: float
    end_reason: str
    ratings: dict[str, int]


def _question(line: SpokenLine) -> QuestionFeedback:
    found = line.question_type
    if line.decided is not None:
        return QuestionFeedback(
            line.number, line.text, line.at, line.decided, None, counted=True, decided=True
        )
    if found is None:
        return QuestionFeedback(line.number, line.text, line.at, None, None, counted=False)
    return QuestionFeedback(
        number=line.number,
        text=line.text,
        at=line.at,
        question_type=found.label,
        confidence=found.confidence,
        counted=found.normalised_entropy <= MAX_NORMALISED_ENTROPY,
    )


def _wait_time(lines: list[SpokenLine]) -> WaitTime:
    values = [
        (later.at - earlier.at).total_seconds()
        for earlier, later in pairwise(lines)
        if earlier.persona == "student" and later.persona == "teacher"
    ]
    if len(values) < 2:
        return WaitTime(values, median=values[0] if values else None)
    p25, median, p75 = quantiles(values, n=4, method="inclusive")
    return WaitTime(values, p25, median, p75)


def feedback_from(
    lines: list[SpokenLine],
    *,
    types: tuple[str, ...],
    duration_s: float,
    end_reason: str,
    ratings: dict[str, int],
) -> Feedback:
    """Summarise a dialogue. ``types`` are the question types in their order of display."""
    teacher = [line for line in lines if line.persona == "teacher"]
    student = [line for line in lines if line.persona == "student"]
    questions = [_question(line) for line in teacher]
    counted = [question for question in questions if question.counted]
    teacher_words = sum(len(line.text.split()) for line in teacher)
    student_words = sum(len(line.text.split()) for line in student)
    words = teacher_words + student_words
    return Feedback(
        questions=questions,
        mix={name: sum(question.question_type == name for question in counted) for name in types},
        unsure=len(questions) - len(counted),
        teacher_words=teacher_words,
        student_words=student_words,
        talk_ratio=teacher_words / words if words else None,
        wait_time_s=_wait_time(lines),
        turns=len(teacher),
        duration_s=duration_s,
        end_reason=end_reason,
        ratings=ratings,
    )
