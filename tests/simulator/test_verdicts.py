import pytest

from simulator.verdicts import is_material, machine_was_wrong

SAME = [
    ("It is 6 cm.", "it is 6 cm"),
    ("I added 12, because it's bigger.", "I added 12 because it’s bigger!"),
    ("The lenght is 18 cm I think.", "The length is 18 cm, I think."),
]
OTHER = [
    ("It is 6 cm.", "It is 9 cm."),
    ("Yes, they are similar.", "No, they are similar."),
    ("I think they are the same shape.", "I think they are not the same shape."),
    ("It is 1.5 times as long.", "It is 15 times as long."),
    ("I don't know.", "Because both sides got twelve longer."),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_spelling_and_punctuation_are_no_matter(before: str, after: str):
    assert not is_material(before, after)


@pytest.mark.parametrize(("before", "after"), OTHER)
def test_numbers_negations_and_other_words_are(before: str, after: str):
    assert is_material(before, after)
    assert is_material(after, before)


def test_a_refused_reply_was_wrong_whatever_was_said_then():
    assert machine_was_wrong(proposed="It is 6 cm.", said="It is 6 cm.", refused=True)
    assert not machine_was_wrong(proposed="It is 6 cm.", said="It is 6 cm.", refused=False)
