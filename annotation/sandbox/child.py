"""The process in which a researcher's function runs: read the job, give up everything, run, answer, end.

Started by ``process`` with nothing but the standard library. What it uses is imported before it is confined.
"""

import json
import os
import re
import signal
import sys
import types
from collections.abc import Callable
from typing import Any, NamedTuple

from annotation.sandbox import language
from annotation.sandbox.confinement import Limits, NotConfined, confine

QUESTION_S = 0.1  # processor time on one question, after which it is given up
KILL_S = 0.4  # after which the process is, since one long operation hears no signal
MOST_TIMEOUTS = 3
MOST_MESSAGE = 200
TYPES = {"PROBING": 0, "PROCEDURAL": 1, "EXPOSITORY": 2, "OTHER": 3, "ABSTAIN": -1}
BUILTINS = {
    each.__name__: each
    for each in (
        abs, all, any, bool, dict, enumerate, filter, float, int, len, list, map, max, min, range, reversed,
        round, set, sorted, str, sum, tuple, zip,
    )
}  # fmt: skip


class Turn(NamedTuple):
    """One turn before the question."""

    persona: str
    text: str


class Question(NamedTuple):
    """What a function is given."""

    text: str
    words: list[str]
    asks: bool
    opens: bool
    context: list[Turn]


class TimeIsUp(BaseException):
    """Raised into the function by the timer."""


class Timer:
    """Processor time on one question: first an exception, then, if nothing heard it, the end of all."""

    running = False

    @classmethod
    def start(cls) -> None:
        cls.running = True
        signal.setitimer(signal.ITIMER_VIRTUAL, QUESTION_S)
        signal.setitimer(signal.ITIMER_PROF, KILL_S)

    @classmethod
    def stop(cls) -> None:
        cls.running = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)

    @classmethod
    def rings(cls, _number: int, _frame: types.FrameType | None) -> None:
        if cls.running:
            raise TimeIsUp


class Patterns:
    """``re``, as far as it is allowed; notes where a text was found to match."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, int, int]] = []

    def _noting(self, found: re.Match[str] | None) -> re.Match[str] | None:
        if found is not None:
            self.spans.append((found.string, *found.span()))
        return found

    def search(self, pattern: str, text: str) -> re.Match[str] | None:
        return self._noting(re.search(pattern, text, re.IGNORECASE))

    def match(self, pattern: str, text: str) -> re.Match[str] | None:
        return self._noting(re.match(pattern, text, re.IGNORECASE))

    def fullmatch(self, pattern: str, text: str) -> re.Match[str] | None:
        return self._noting(re.fullmatch(pattern, text, re.IGNORECASE))

    def findall(self, pattern: str, text: str) -> list[Any]:
        return re.findall(pattern, text, re.IGNORECASE)


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    try:
        confine(Limits(**job["limits"]))
    except NotConfined:
        _answer({"refused": [0, "unconfined"]})
        return
    sys.setrecursionlimit(300)
    signal.signal(signal.SIGVTALRM, Timer.rings)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # which Python ignores
    try:
        _answer(_run(job["source"], job["questions"]))
    except MemoryError:
        _answer({"refused": [0, "memory"]})


def _run(source: str, questions: list[list[Any]]) -> dict[str, Any]:
    patterns = Patterns()
    try:
        tree = language.parse(source)
        Timer.start()
        scope: dict[str, Any] = {"__builtins__": BUILTINS, **TYPES, "re": patterns}
        exec(compile(tree, "rule", "exec"), scope)  # noqa: S102 - what this process is for
        Timer.stop()
    except language.SourceRefused as refused:
        return {"refused": [refused.line, refused.message]}
    except (Exception, TimeIsUp) as error:
        return {"refused": [_line(error), _words(error)]}
    return _votes(scope[language.VOTE], patterns, questions)


def _votes(vote: Callable[[Question], Any], patterns: Patterns, questions: list[list[Any]]) -> dict[str, Any]:
    """Votes and spans of each question; what went wrong as [place, line, message]."""
    votes, spans, faults = [], [], []
    timeouts = 0
    for place, (text, asks, context) in enumerate(questions):
        patterns.spans.clear()
        question = Question(text, text.split(), asks, not context, [Turn(*turn) for turn in context])
        said = -1
        try:
            Timer.start()
            answer = vote(question)
            Timer.stop()
            said = _checked(answer)
        except (Exception, TimeIsUp) as error:
            Timer.stop()
            timeouts += isinstance(error, TimeIsUp)
            faults.append([place, _line(error), _words(error)])
        votes.append(said)
        spans.append([span[1:] for span in patterns.spans if said != -1 and span[0] == text][:8])
        if timeouts >= MOST_TIMEOUTS:
            return {"votes": votes, "spans": spans, "faults": faults, "stopped": True}
    return {"votes": votes, "spans": spans, "faults": faults, "stopped": False}


def _checked(said: object) -> int:
    if said is None:
        return -1
    if type(said) is not int or said not in TYPES.values():
        raise ValueError(f"vote returned {said!r:.40}; return one of {', '.join(TYPES)}")
    return said


def _words(error: BaseException) -> str:
    if isinstance(error, TimeIsUp):
        return f"It took longer than {QUESTION_S:g} s on one question."
    if isinstance(error, MemoryError):
        return "It needs too much memory."
    return f"{type(error).__name__}: {error}"[:MOST_MESSAGE]


def _line(error: BaseException) -> int:
    """The deepest line of the researcher's source that the error came through."""
    found, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "rule":
            found = step.tb_lineno
        step = step.tb_next
    return found


def _answer(answer: dict[str, Any]) -> None:
    Timer.stop()
    left = json.dumps(answer).encode()
    while left:
        left = left[os.write(1, left) :]
