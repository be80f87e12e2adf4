"""The strategies there are, each with the sentence that says when to take it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Strategy:
    """``name`` is a value of ``Order``, and the column of ``ItemScore`` that it sorts by."""

    name: str
    title: str | Promise
    says: str | Promise


STRATEGIES = (
    Strategy("random", _("At random"), _("No score: every label also serves as an estimate.")),
    Strategy(
        "uncertainty",
        _("Where the model is unsure"),
        _("Highest predictive entropy first. Includes what is unclear to everybody."),
    ),
    Strategy(
        "bald",
        _("Where its passes disagree (BALD)"),
        _("What the dropout passes differ about: doubt that more labels can remove."),
    ),
    Strategy(
        "fragility",
        _("Where small edits flip the answer"),
        _("Largest eigenvalue of the Fisher information: close to a boundary of the model."),
    ),
    Strategy(
        "diversity",
        _("What is unlike the labelled"),
        _("Far from everything labelled so far, by the encoder's distance. Good at the start."),
    ),
    Strategy(
        "consequence",
        _("Where most replies depend on it"),
        _("How many stored turns would have got another route or type, were the model's guess wrong."),
    ),
)
