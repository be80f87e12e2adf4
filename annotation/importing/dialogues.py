"""What every reader gives: one teacher utterance with the turns before it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from annotation.questions import is_question_item

MOST_KEY = 120
CONTEXT_OF_A_LESSON = 30  # turns; a whole lesson before each of its hundreds of sentences would fill the disk


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of a dialogue as the file has it."""

    persona: str  # "teacher" or "student"
    text: str
    gold: str = ""  # question type, where the file says one
    event: UUID | None = None  # the logged utterance, in an export of rehearsals


@dataclass(frozen=True, slots=True)
class ImportedLabel:
    """What somebody said about a question in the program that wrote the file."""

    annotator: str
    labels: tuple[str, ...] = ()  # in order of preference
    data_issue: bool = False
    comment: str = ""
    active_ms: int = 0
    idle_ms: int = 0
    suggested_label: str = ""
    suggested_by: str = ""
    suggestion_shown: bool = False


@dataclass(frozen=True, slots=True)
class ImportedQuestion:
    """A teacher's utterance, ready to become an item."""

    key: str
    group: str
    text: str
    context: tuple[Turn, ...]
    gold: str = ""
    event: UUID | None = None
    labels: tuple[ImportedLabel, ...] = ()
    line: int = 0  # where its record begins, counted from 1

    def without_gold(self) -> "ImportedQuestion":
        return replace(self, gold="")


class ReadError(Exception):
    """A place where the file is not what it should be; ``line`` is where, counted from 1.

    Readers raise it when nothing can be read, and yield it when only one record is wrong.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


Record = ImportedQuestion | ReadError


def all_or_error(records: Iterable[Record]) -> Iterator[ImportedQuestion]:
    """The questions; raises the first record that is wrong."""
    for record in records:
        if isinstance(record, ReadError):
            raise record
        yield record


def short(name: str) -> str:
    """A name that fits its column: a long one keeps its beginning and gets a hash."""
    if len(name) <= MOST_KEY:
        return name
    return f"{name[: MOST_KEY - 25]}~{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def key_by_content(text: str, context: Iterable[Turn] = ()) -> str:
    """For a question that has no name: the same words in the same place get the same one."""
    said = "\0".join([text, *(f"{turn.persona}\0{turn.text}" for turn in context)])
    return f"content:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:32]}"


def questions_in(group: str, turns: Sequence[Turn], line: int = 0) -> Iterator[ImportedQuestion]:
    """The teacher's utterances of one dialogue, in order."""
    for number, turn in enumerate(turns):
        if turn.persona == "teacher" and is_question_item(turn.text):
            yield ImportedQuestion(
                key=short(f"{group}:{turn.event or number}"),
                group=short(group),
                text=turn.text,
                context=tuple(turns[:number]),
                gold=turn.gold,
                event=turn.event,
                line=line,
            )
