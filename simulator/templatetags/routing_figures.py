"""How figures are written on the Routing pages."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from simulator.durations import duration

register = template.Library()
DOUBTS = {
    "joint": gettext_noop("joint uncertainty"),
    "product": gettext_noop("product of all stages, nothing learned"),
    "dialogue_act": gettext_noop("dialogue act alone"),
    "question_type": gettext_noop("question type alone"),
    "entities": gettext_noop("entities alone"),
    "familiarity": gettext_noop("familiarity alone"),
    "reply": gettext_noop("reply alone"),
    "scope": gettext_noop("scope alone"),
}


@register.filter
def doubt_name(name: str) -> str:
    """What a doubt is called; a stage that is not known here by its own name."""
    return _(DOUBTS[name]) if name in DOUBTS else name


@register.filter
def percent(share: float | None) -> str:
    """0.0512 -> 5.1 %; an en dash for nothing."""
    return "–" if share is None else f"{round(100 * share, 1):g} %"


@register.filter
def seconds(value: float | None) -> str:
    """12.34 -> 12.3 s, 450 -> 7.5 min; an en dash for nothing."""
    return "–" if value is None else duration(value)
