"""Durations as people say them."""

SHORT_S, LONG_S = 120, 7200


def duration(seconds: float) -> str:
    """12.34 -> 12.3 s, 450 -> 7.5 min, 29_988 -> 8.3 h."""
    if seconds < SHORT_S:
        return f"{round(seconds, 1):g} s"
    if seconds < LONG_S:
        return f"{round(seconds / 60, 1):g} min"
    return f"{round(seconds / 3600, 1):g} h"
