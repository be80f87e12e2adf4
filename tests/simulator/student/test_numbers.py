"""Numbers are read as teachers and students write them."""

from fractions import Fraction

import pytest

from simulator.student.numbers import as_fraction, numbers_in, plain, same_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 cm and 4.5", [12, Fraction(9, 2)]),
        ("12cm", [12]),
        ("twelve, or twenty-one", [12, 21]),
        ("2/3 is two thirds", [Fraction(2, 3), Fraction(2, 3)]),
        ("1,200 dollars", [1200]),
        ("6-4", [6, 4]),
        ("it is -4", [-4]),
        ("16.", [16]),
        ("the blue one", []),
        ("which one is larger?", []),
        ("it equals one", [1]),
        ("one", [1]),
        ("5/0", []),
        ("7th grade", []),
    ],
)
def test_numbers_in_a_text(text, expected):
    assert [mention.value for mention in numbers_in(text)] == expected


def test_only_a_lone_number_is_a_value():
    assert as_fraction("2/3") == Fraction(2, 3)
    assert as_fraction("two thirds") == Fraction(2, 3)
    assert as_fraction("2 apples") is None
    assert as_fraction("adding") is None


def test_plain_numbers_survive_json():
    assert plain(Fraction(12)) == 12
    assert plain(Fraction(5, 2)) == 2.5
    assert plain(Fraction(2, 3)) == "2/3"


def test_values_are_compared_by_meaning():
    assert same_value("2/4", 0.5)
    assert same_value("Adding", "adding")
    assert not same_value("adding", 3)
    assert not same_value(None, 3)
