"""Filling ``{placeholders}`` from a flat table: no expressions, no attributes, no code."""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z0-9][a-z0-9_.-]*)\}")
_SENTENCE_END = re.compile(r"(?<!\.)[.!?]\s+$")
BEFORE = ".before"
"""``{red.width.before}`` is what the student said of it before changing their mind."""


def placeholders_in(template: str) -> tuple[str, ...]:
    """The names between braces, in order, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(template)))


def stray_brace(template: str) -> bool:
    """Whether a brace is left that belongs to no placeholder."""
    return any(brace in _PLACEHOLDER.sub("", template) for brace in "{}")


def _in_place(words: str, match: re.Match[str]) -> str:
    """The words, with a capital letter where they begin a sentence."""
    begins = _SENTENCE_END.search(match.string[: match.start()])
    return words[:1].upper() + words[1:] if begins else words


def fill(template: str, table: Mapping[str, str]) -> str | None:
    """The line with every placeholder replaced, or None when ``table`` lacks one of them."""
    if any(name not in table for name in placeholders_in(template)):
        return None
    line = _PLACEHOLDER.sub(lambda match: _in_place(table[match[1]], match), template)
    line = re.sub(r"\s+([.,;!?])", r"\1", re.sub(r"[ \t]+", " ", line)).strip()
    return line[:1].upper() + line[1:]
