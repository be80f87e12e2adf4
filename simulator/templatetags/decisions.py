"""Filters of the page that explains a decision: numbers as SVG and people read them."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def plain(value: float) -> str:
    """A number as SVG wants it, whatever the language of the page."""
    return f"{value:g}"


@register.filter
def plus(value: float, more: int) -> str:
    return f"{value + more:g}"


@register.filter
def hundred(value: float) -> str:
    """A share as a length within 0..100."""
    return f"{100 * min(1.0, max(0.0, value)):.1f}"


@register.filter
def percent(value: float | None) -> str:
    return "–" if value is None else f"{round(100 * value)} %"


@register.filter
def seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.1f}"


@register.filter
def named(names: Mapping[str, str], name: str) -> str:
    return names.get(name, name)


@register.filter
def layer_words(name: str) -> str:
    layers = {
        "dialogue_act": _("act"),
        "question_type": _("question type"),
        "entities": _("entities"),
    }
    return layers.get(name, name)


@register.filter
def layer_value(value: Any) -> str:  # a label, or [kind, name] pairs
    return value if isinstance(value, str) else ", ".join(name for _kind, name in value) or "–"
