"""How figures are written on the Routing pages."""

from django import template

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """0.0512 -> 5.1 %; an en dash for nothing."""
    return "–" if share is None else f"{round(100 * share, 1):g} %"


@register.filter
def seconds(value: float | None) -> str:
    """12.34 -> 12.3 s; an en dash for nothing."""
    return "–" if value is None else f"{round(value, 1):g} s"
