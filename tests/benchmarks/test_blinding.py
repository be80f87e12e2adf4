"""The attack tells what is there to tell, and no more; what teachers see is noted without the truth."""

import json
import random
import sys

import pytest

from benchmarks.blinding.attack import attack
from benchmarks.blinding.teachers import Observed, Watched


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["benchmarks.blinding.attack"], "TREES", 20)
    monkeypatch.setattr(sys.modules["benchmarks.blinding.attack"], "RESAMPLES", 60)
    monkeypatch.setattr(sys.modules["benchmarks.blinding.attack"], "SHUFFLES", 6)


def observed(shift_s: float) -> list[Observed]:
    """Eight rooms in which people take longer by a shift."""
    draws = random.Random(1)
    found = []
    for room in range(8):
        for number in range(25):
            by_person = draws.random() < 0.5
            delay_s = draws.lognormvariate(1.0, 0.3) + shift_s * by_person
            found.append(Observed(f"room {room}", number, {"delay_s": delay_s}, "It is six.", by_person))
    return found


def test_a_pace_that_tells_is_found_and_one_that_does_not_is_chance():
    telling, silent = attack(observed(3.0), "channel", 0), attack(observed(0.0), "channel", 0)
    assert telling["low"] > 0.8
    assert telling["low"] > telling["chance"][1]
    assert silent["value"] < 0.6


def test_chance_is_around_a_half():
    low, high = attack(observed(0.0), "channel", 0)["chance"]
    assert 0.3 < low < 0.55
    assert 0.45 < high < 0.7


def test_the_words_are_judged_apart_from_the_channel():
    assert attack(observed(3.0), "words", 0)["value"] < 0.55


def test_what_a_frame_weighs_is_counted_without_its_words():
    def facts(text: str) -> dict[str, float]:
        event = {"id": "x", "persona": "student", "ts": "2026-01-01T00:00:00.123Z", "payload": {"text": text}}
        frame = {"type": "batch", "events": [event], "picture": None, "typing": False, "may_send": True}
        watched = Watched(sent_at=0.0)
        watched.take(json.dumps(frame), 1.5)
        return watched.facts

    assert facts("Six.") == facts("Because both grow by the same amount.")
    assert facts("Six.")["delay_s"] == 1.5
