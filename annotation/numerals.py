"""Numbers that people and files write."""

MOST_DIGITS = 9  # what every column of numbers holds


def whole(text: str) -> int | None:
    """The number; None when it is none. ``"²".isdigit()`` is true, and some have thousands of digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
