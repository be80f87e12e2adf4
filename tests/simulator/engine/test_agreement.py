"""Whether the candidates for a reply say the same."""

import pytest

from simulator.engine.agreement import agreement
from simulator.student.respond import Candidate


def candidate(text: str, score: float, *, source: str = "rule", rule: str = "", **claims: int) -> Candidate:
    effects = tuple({"kind": "claim", "of": of, "value": value} for of, value in claims.items())
    return Candidate(text, source, score, rule, effects)


def test_variants_of_one_rule_agree():
    assert agreement([candidate("Six.", 0.9, rule="a"), candidate("I got six.", 0.8, rule="a")]) == 1.0


def test_different_words_with_the_same_claims_agree():
    one = candidate("Six.", 0.9, rule="a", blue=6)
    other = candidate("It must be 6!", 0.6, source="retrieval", blue=6)
    assert agreement([one, other]) == 1.0


def test_a_contradiction_counts_by_its_score():
    best = candidate("Six.", 0.6, rule="a", blue=6)
    assert agreement([best, candidate("Nine!", 0.3, rule="b", blue=9)]) == pytest.approx(2 / 3)
    assert agreement([best, candidate("Nine!", 0.6, rule="b", blue=9)]) == pytest.approx(1 / 2)


def test_replies_without_claims_agree_as_far_as_they_share_words():
    one = candidate("I do not know", 0.5, rule="a")
    other = candidate("I do not care", 0.5, rule="b")
    assert agreement([one, other]) == pytest.approx((1 + 3 / 4) / 2)


def test_lines_that_fit_everywhere_say_nothing():
    generic = candidate("Hm?", 0.1, source="generic")
    assert agreement([candidate("Six.", 0.9, rule="a"), generic]) == 1.0
    assert agreement([generic]) == 0.0
    assert agreement([]) == 0.0
