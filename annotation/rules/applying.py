"""Running what was written on questions, whatever its kind."""

from collections.abc import Callable, Sequence

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _

from annotation.models import RuleKind
from annotation.questions import Question
from annotation.rules.expressions import apply_expression
from annotation.rules.keywords import apply_keywords
from annotation.rules.source import Applied, RuleSource, joined, silent
from annotation.rules.zero_shot import apply_zero_shot
from annotation.sandbox import process

CHUNK = 1000  # questions between two reports of progress; what one confined child gets
Progress = Callable[[float], None]


def apply_rule(
    source: RuleSource, questions: Sequence[Question], progress: Progress = lambda _share: None
) -> Applied:
    """What the function says. Nothing that it does is an error here; see ``Applied``."""
    done = silent([], "")
    for start in range(0, len(questions), CHUNK) or [0]:
        done = joined(done, _apply(source, questions[start : start + CHUNK]))
        if done.stopped:
            return silent(questions, done.stopped, done.faults)
        progress(min(1.0, (start + CHUNK) / max(1, len(questions))))
    return done


def _apply(source: RuleSource, questions: Sequence[Question]) -> Applied:
    by_kind: dict[str, Callable[[RuleSource, Sequence[Question]], Applied]] = {
        RuleKind.KEYWORDS: apply_keywords,
        RuleKind.PATTERN: apply_expression,
        RuleKind.PYTHON: _apply_python,
        RuleKind.ZERO_SHOT: apply_zero_shot,
    }
    return by_kind[source.kind](source, questions)


def _apply_python(source: RuleSource, questions: Sequence[Question]) -> Applied:
    if not settings.ACTS_PYTHON_RULES:
        return silent(questions, python_is_off())
    answer = process.run(source.body, questions)
    faults = {each.place: _on_line(each.line, each.message) for each in answer.faults}
    if answer.refused or answer.stopped:
        why = answer.refused or _("It took too long on several questions.")
        return silent(questions, _on_line(answer.line, why), faults)
    return Applied(np.array(answer.votes, dtype=np.int8), answer.spans, faults)


def python_is_off() -> str:
    return _("Python rules are switched off here. Who runs the server can set ACTS_PYTHON_RULES=1.")


def _on_line(line: int, message: str) -> str:
    return _("Line %(line)d: %(message)s") % {"line": line, "message": message} if line else message
