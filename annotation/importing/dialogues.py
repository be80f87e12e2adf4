"""What every reader gives: one teacher utterance with the turns before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from annotation.questions import is_question_item


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of a dialogue as the file has it."""

    persona: str  # "teacher" or "student"
    text: str
    gold: str = ""  # question type, where the file says one
    event: UUID | None = None  # the logged utterance, in an export of rehearsals


@dataclass(frozen=True, slots=True)
class ImportedQuestion:
    """A teacher's utterance, ready to become an item."""

    key: str
    group: str
    text: str
    context: tuple[Turn, ...]
    gold: str
    event: UUID | None

    def without_gold(self) -> "ImportedQuestion":
        return replace(self, gold="")


class ReadError(Exception):
    """The file is not what it should be; ``line`` is where, counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


def questions_in(group: str, turns: Sequence[Turn]) -> Iterator[ImportedQuestion]:
    """The teacher's utterances of one dialogue, in order."""
    for number, turn in enumerate(turns):
        if turn.persona == "teacher" and is_question_item(turn.text):
            yield ImportedQuestion(
                key=f"{group}:{turn.event or number}",
                group=group,
                text=turn.text,
                context=tuple(turns[:number]),
                gold=turn.gold,
                event=turn.event,
            )
