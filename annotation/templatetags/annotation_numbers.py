"""How figures are written on the annotation pages."""

from django import template
from django.utils.translation import gettext_lazy as _

from annotation.selectors.versions import short_version

register = template.Library()

HEADS = {"question_type": _("Question type"), "dialogue_act": _("Dialogue act")}
METRICS = {
    "question_type_accuracy": _("Question type, accuracy"),
    "question_type_macro_f1": _("Question type, macro F1"),
    "question_type_calibration_error": _("Question type, calibration error"),
    "question_type_adaptive_calibration_error": _("Question type, adaptive calibration error"),
    "question_type_brier": _("Question type, Brier score"),
    "dialogue_act_accuracy": _("Dialogue act, accuracy"),
    "dialogue_act_macro_f1": _("Dialogue act, macro F1"),
    "dialogue_act_calibration_error": _("Dialogue act, calibration error"),
    "dialogue_act_adaptive_calibration_error": _("Dialogue act, adaptive calibration error"),
    "dialogue_act_brier": _("Dialogue act, Brier score"),
    "entities_f1": _("Entities, F1"),
}


@register.filter
def share(value: float) -> str:
    """0.8137 -> 81.4 %"""
    return f"{value * 100:.1f} %"


@register.filter
def points(value: float) -> str:
    """0.0137 -> +1.4"""
    return f"{value * 100:+.1f}"


@register.filter
def hundred(value: float) -> str:
    """A share as a place on a line from 0 to 100; never in the reader's notation, since SVG reads it."""
    return f"{value * 100:.2f}"


@register.filter
def plain(value: float) -> str:
    """A coordinate."""
    return f"{value:.1f}"


@register.filter
def thousands(value: int) -> str:
    """13560 -> 13,560"""
    return f"{value:,}"


@register.filter
def times(value: float) -> str:
    """1.043 -> 1.04 ×"""
    return f"{value:.2f} ×"


@register.filter
def metric_name(name: str) -> str:
    return str(METRICS.get(name, name))


@register.filter
def head_name(name: str) -> str:
    return str(HEADS.get(name, name))


@register.filter
def short(version: str) -> str:
    return short_version(version)


@register.filter
def kappa(value: float) -> str:
    """0.6137 -> 0.61; a true minus sign below zero"""
    return f"{value:.2f}".replace("-", "\u2212")


@register.filter
def clamped(value: float) -> str:
    """Agreement as a place on a line from -20 to 100."""
    return f"{min(max(value, -0.2), 1.0) * 100:.2f}"


@register.filter
def seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.1f} s"


@register.filter
def score_of(item: object, name: str) -> str:
    """The score by which the queue is ordered; empty where there is none."""
    score = getattr(item, "score", None)
    return f"{getattr(score, name):.3f}" if score is not None and name else ""
