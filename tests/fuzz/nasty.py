"""Values that have broken programs before, and ways to damage a good file."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

NASTY = (
    "", " ", "0", "-1", "1", "²", "٣", "1e309", "NaN", "-Infinity", "9" * 30, "9" * 5000, "0.5", "true",
    "null", "on", "\0", "a\0b", "\u202e", "\ufeff", "🙂", "'", '"', "';--", "%s%n", "%00", "..",
    "../../etc/passwd", "/etc/passwd", "//example.org", "{{7*7}}", "{% debug %}",
    "<script>alert(1)</script>", "=1+1", "\r\nX-A: b", "a" * 70_000, "2026-13-45", "2026-01-01T00:00:00Z",
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
text = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.integers().map(str),
)
json: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), text),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(text, inner, max_size=4)),
    max_leaves=12,
)


def _cut(content: bytes, at: int, _new: bytes) -> bytes:
    return content[:at]


def _replace(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]


def _insert(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at:]


def _repeat(content: bytes, at: int, _new: bytes) -> bytes:
    return content[:at] + content[at // 2 : at] * 3 + content[at:]


HARMS: tuple[Callable[[bytes, int, bytes], bytes], ...] = (_cut, _replace, _insert, _repeat)
pieces = st.one_of(
    st.binary(max_size=8), text.map(lambda one: one.encode()), st.sampled_from([b'"', b"\n", b"[", b"{"])
)
harm = st.lists(st.tuples(st.sampled_from(HARMS), st.floats(0, 1), pieces), min_size=1, max_size=4)


def harmed(content: bytes, harms: list[tuple[Callable[[bytes, int, bytes], bytes], float, bytes]]) -> bytes:
    """A good file after some accidents, each somewhere in it."""
    for how, where, new in harms:
        content = how(content, int(where * len(content)), new)
    return content
