"""Whether what was written can be saved."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from annotation.labelling_functions import FUNCTIONS
from annotation.models import RuleKind
from annotation.questions import Question
from annotation.rules.applying import apply_rule, python_is_off
from annotation.rules.expressions import PatternInvalid, compiled
from annotation.rules.keywords import MOST_KEYWORDS, keywords_of
from annotation.rules.source import RuleSource
from annotation.rules.zero_shot import descriptions_of

# Where patterns that try too many ways are caught even if no question is long enough to show it.
PROBES = [Question(each * 60 + end) for each in ("a", "1", " ", "a ", "1,", "x.") for end in ("!", "")]


def fault_of(source: RuleSource, questions: Sequence[Question] = ()) -> str:
    """What is wrong with it, in words that say how to mend it; empty if nothing is."""
    if any(source.name == function.name for function in FUNCTIONS):
        return _("A function in the repository has this name already. Choose another one.")
    kinds = {
        RuleKind.KEYWORDS: _of_keywords,
        RuleKind.PATTERN: _of_pattern,
        RuleKind.PYTHON: _of_python,
        RuleKind.ZERO_SHOT: _of_descriptions,
    }
    return kinds[source.kind](source, questions)


def _of_keywords(source: RuleSource, _questions: Sequence[Question]) -> str:
    found = keywords_of(source.body)
    if len(found) > MOST_KEYWORDS:
        return _("More than %(most)d keywords. Split them over several functions.") % {"most": MOST_KEYWORDS}
    hollow = next((each for each in found if not any(character.isalnum() for character in each)), "")
    if hollow:
        return _("“%(keyword)s” has no letter and no digit: it finds too much.") % {"keyword": hollow}
    return "" if found else _("Write at least one keyword, each on a line of its own.")


def _of_pattern(source: RuleSource, questions: Sequence[Question]) -> str:
    try:
        pattern = compiled(source.body, ignore_case=bool(source.options.get("ignore_case", True)))
        if pattern.search("", timeout=1) is not None:
            return _("The pattern matches nothing at all, so it would vote on every question.")
    except PatternInvalid as error:
        if not error.position:
            return _("The pattern cannot be used: %(why)s.") % {"why": error}
        said = _("The pattern breaks off at character %(place)d, at “%(rest)s”: %(why)s.")
        rest = source.body[error.position - 1 :][:20] or _("the end")
        return said % {"place": error.position, "rest": rest, "why": error}
    return _first_fault(source, [*PROBES, *questions])


def _of_python(source: RuleSource, questions: Sequence[Question]) -> str:
    if not settings.ACTS_PYTHON_RULES:
        return python_is_off()
    return _first_fault(source, questions)


def _of_descriptions(source: RuleSource, _questions: Sequence[Question]) -> str:
    try:
        described = descriptions_of(source.body)
    except ValueError:
        return _("Describe every question type.")
    missing = next((label for label, text in described.items() if not text), "")
    return _("Describe %(label)s as well.") % {"label": missing} if missing else ""


def _first_fault(source: RuleSource, questions: Sequence[Question]) -> str:
    applied = apply_rule(source, questions)
    if applied.stopped:
        return applied.stopped
    for place, message in applied.faults.items():
        said = _("On “%(text)s”: %(message)s")
        return said % {"text": questions[place].text[:80], "message": message}
    return ""
