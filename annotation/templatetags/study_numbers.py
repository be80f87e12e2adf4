"""How a study's figures are written."""

from math import exp
from typing import Any

from django import template

from annotation.models import StudyArm

register = template.Library()


@register.filter
def arm_name(arm: str) -> str:
    """classical -> Classical"""
    return str(StudyArm(arm).label).split(":", 1)[0]


@register.filter
def decimals(value: float, places: int = 1) -> str:
    """-4.81 -> −4.8, with a true minus sign"""
    return f"{value:.{places}f}".replace("-", "\u2212")


@register.filter
def p_value(value: float) -> str:
    """0.00004 -> < 0.001"""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


@register.filter
def with_interval(estimate: dict[str, Any] | None, places: int = 2) -> str:
    """0.82 [0.79, 0.85]; a dash where there is nothing to compare with"""
    if estimate is None:
        return "\u2013"
    value, low, high = (decimals(estimate[name], places) for name in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


@register.filter
def exponential(estimate: dict[str, Any]) -> dict[str, float]:
    """A difference of logarithms as a ratio."""
    return {name: exp(estimate[name]) for name in ("value", "low", "high")}
