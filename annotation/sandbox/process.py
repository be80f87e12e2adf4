"""Starting the confined child, waiting for it, and making sense of how it ended."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from annotation.questions import Question
from annotation.sandbox.confinement import Limits, can_confine

ROOT = Path(__file__).resolve().parents[2]
START = "import sys; sys.path.insert(0, {root!r}); from annotation.sandbox.child import main; main()"
MEMORY_BYTES = 256 * 1024 * 1024
ANSWER_BYTES = 8 * 1024 * 1024
START_S, QUESTION_S = 5.0, 0.1  # wall time that a child gets, on top of what the machine takes from it


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong on one question, by its place; ``line`` is of the source, 0 if unknown."""

    place: int
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child said. ``refused`` says why nothing ran; ``stopped`` that it did not come to the end."""

    votes: list[int] = field(default_factory=list)
    spans: list[list[tuple[int, int]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: str = ""
    line: int = 0
    stopped: bool = False


def run(source: str, questions: Sequence[Question]) -> Answer:
    """Apply ``source`` to the questions in a child; without questions it is only checked.

    Never raises for what the source does, whatever that is.
    """
    if not can_confine():
        return Answer(refused=_("This machine cannot confine Python. It takes Linux on x86_64 or aarch64."))
    seconds = START_S + QUESTION_S * len(questions)
    limits = Limits(MEMORY_BYTES, cpu_s=2 + round(seconds), answer_bytes=ANSWER_BYTES)
    job = {
        "source": source,
        "limits": asdict(limits),
        "questions": [[each.text, each.asks, each.context] for each in questions],
    }
    ended, said = _child(json.dumps(job).encode(), 2 * seconds)
    if ended != 0:
        return Answer(refused=_why(ended), stopped=True)
    try:
        return _understood(json.loads(said), len(questions))
    except (ValueError, KeyError, TypeError, IndexError):
        return Answer(refused=_("It did not answer as it should."), stopped=True)


def _child(job: bytes, wall_s: float) -> tuple[int, bytes]:
    """How the child ended, and what it wrote. Both ways are memory, of which a limit bounds the answer."""
    asked, answer = os.memfd_create("job"), os.memfd_create("answer")
    try:
        os.write(asked, job)
        os.lseek(asked, 0, os.SEEK_SET)
        command = [sys.executable, "-I", "-S", "-B", "-c", START.format(root=str(ROOT))]
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=asked,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        try:
            ended = child.wait(wall_s)
        except BaseException as error:
            child.kill()
            child.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            ended = -signal.SIGXCPU
        os.lseek(answer, 0, os.SEEK_SET)
        return ended, os.read(answer, ANSWER_BYTES)
    finally:
        os.close(asked)
        os.close(answer)


def _understood(said: dict[str, Any], questions: int) -> Answer:
    if "refused" in said:
        line, message = said["refused"]
        return Answer(refused=_known(message), line=int(line))
    votes = [int(vote) for vote in said["votes"]]
    if not all(-1 <= vote <= 3 for vote in votes) or len(votes) > questions:
        raise ValueError
    return Answer(
        votes=votes + [-1] * (questions - len(votes)),
        spans=[[(int(a), int(b)) for a, b in spans] for spans in said["spans"]]
        + [[] for _each in range(questions - len(votes))],
        faults=[Fault(int(place), int(line), str(message)) for place, line, message in said["faults"]],
        stopped=bool(said["stopped"]),
    )


def _known(message: str) -> str:
    if message == "unconfined":
        return _("This machine's kernel does not confine it, so it is not run.")
    if message == "memory":
        return _too_much_memory()
    return str(message)


def _too_much_memory() -> str:
    return _("It needs more than %(mb)d MB of memory.") % {"mb": MEMORY_BYTES // 2**20}


def _why(ended: int) -> str:
    if ended in (-signal.SIGPROF, -signal.SIGXCPU):
        return _("It took too long on one question and was ended. Look for a loop, or for huge numbers.")
    if ended == -signal.SIGXFSZ:
        return _("It said more than an answer may hold and was ended.")
    said = _("Its process broke down (%(how)s). Too deep a nesting does that, or too much memory.")
    return said % {"how": ended}
