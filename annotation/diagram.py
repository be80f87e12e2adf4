"""The loop as boxes and arrows, in units of its SVG view box (1000 by 430)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from annotation.selectors.loop import LoopFigures, RatePoint
from annotation.selectors.versions import short_version

BOX_WIDTH, BOX_HEIGHT = 210, 96
COLUMNS = (10, 270, 530, 780)
ROWS = (12, 322)


@dataclass(frozen=True, slots=True)
class Station:
    """One box: what happens there, its figure, and the page behind it."""

    title: str
    figure: str
    caption: str
    url: str
    x: int
    y: int

    @property
    def text_x(self) -> int:
        return self.x + 16


def stations(figures: LoopFigures, current: Sequence[RatePoint]) -> list[Station]:
    """Clockwise, from the chat on.

    Args:
        current: the hours of the version in service.
    """
    turns = sum(point.turns for point in current)
    rate = sum(point.takeovers for point in current) / turns if turns else None
    kept = figures.kept_rate
    words = [
        (
            _("Chat"),
            str(figures.sessions),
            _("rehearsals, %(n)d open") % {"n": figures.open_sessions},
            "sessions",
        ),
        (
            _("Uncertainty"),
            str(figures.turns),
            _("turns, %(n)d by the machine") % {"n": figures.machine},
            "sessions",
        ),
        (
            _("Supervisor"),
            str(figures.person),
            _("answers, %(n)d fallbacks") % {"n": figures.fallback},
            "console",
        ),
        (
            _("Log and queue"),
            str(figures.items),
            _("questions, %(n)d held out") % {"n": figures.holdout},
            "annotation:home",
        ),
        (_("Rules"), str(figures.weak_covered), _("questions with a vote"), "annotation:weak"),
        (
            _("Annotation"),
            str(figures.labels),
            _("labels") if kept is None else _("labels, %(n)d %% kept") % {"n": round(100 * kept)},
            "annotation:home",
        ),
        (
            _("Training"),
            str(figures.retrainings),
            _("runs, %(n)d versions") % {"n": figures.versions},
            "annotation:models",
        ),
        (
            _("In service"),
            short_version(figures.current) if figures.current else _("none"),
            "" if rate is None else _("%(n)d %% of its turns need a person") % {"n": round(100 * rate)},
            "annotation:models",
        ),
    ]
    places = [(x, ROWS[0]) for x in COLUMNS] + [(x, ROWS[1]) for x in reversed(COLUMNS)]
    return [
        Station(title, figure, caption, reverse(name), x, y)
        for (title, figure, caption, name), (x, y) in zip(words, places, strict=True)
    ]
