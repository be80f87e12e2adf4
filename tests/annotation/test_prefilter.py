import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.labelling_functions import patterns
from annotation.labelling_functions.prefilter import Pattern, needed_strings

PATTERNS = {name: each for name, each in vars(patterns).items() if isinstance(each, Pattern)}
WORDS = sorted(
    {word for each in PATTERNS.values() for word in re.findall(r"[a-z']+", str(each.alternatives))}
)
TEXTS = st.lists(
    st.one_of(st.sampled_from(WORDS), st.sampled_from(list("?.!,=0123456789+×ſKİ'")), st.just(" ")),
    max_size=14,
).map(" ".join)


@given(TEXTS)
def test_a_pattern_finds_what_the_plain_one_finds(text: str):
    for name, each in PATTERNS.items():
        plain = re.compile("|".join(f"(?:{one})" for one in each.alternatives), re.IGNORECASE).search(text)
        found = each.search(text)
        assert (found and found.span()) == (plain and plain.span()), name


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        (r"\bexplain(ing)?\b", {"explain"}),
        (r"\b(walk|talk) me\b", {"walk me", "talk me"}),
        (r"a+b*", set()),
        (r"(?i:ſo)", set()),
        (r"x|", set()),
        (r"(?:ready|)", set()),
        (r"ab{2,}c", {"a"}),
    ],
)
def test_what_a_match_must_hold_is_derived(source: str, needed: set[str]):
    found = set(needed_strings(source))
    assert found == needed or all(any(one.startswith(each) for one in needed) for each in found)
