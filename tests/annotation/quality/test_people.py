from datetime import datetime, timedelta

import numpy as np
import pytest

from annotation.quality.people import Accepted, haste, least_ms, share, too_fast
from annotation.quality.skill import skills
from annotation.quality.suspicion import Judged, suspicious
from annotation.quality.trend import agreement_over_time
from annotation.quality.votes import Label, by_person, confusion, counts_of

CLASSES = ("a", "b", "c", "d")
NOW = datetime(2026, 3, 2, 12)


def test_too_fast_depends_on_how_much_there_is_to_read():
    assert least_ms(0) == 250
    assert least_ms(20) == pytest.approx(250 + 20 * 63.0, abs=2)
    assert too_fast(Accepted(20, 1000))
    assert not too_fast(Accepted(5, 1000))


def test_without_a_measured_time_nobody_is_accused():
    assert not too_fast(Accepted(20, 0))
    assert haste([Accepted(20, 0)] * 50)["value"] is None


@pytest.mark.parametrize(("hasty", "of", "flagged"), [(10, 40, True), (3, 40, False), (15, 15, False)])
def test_a_person_is_flagged_when_it_is_clear(hasty: int, of: int, flagged: bool):
    found = haste([Accepted(20, 500)] * hasty + [Accepted(20, 5000)] * (of - hasty))
    assert found["flagged"] is flagged


def test_a_share_of_none_and_of_all_has_an_interval():
    assert share(0, 0)["value"] is None
    assert share(0, 10)["low"] == 0 < share(0, 10)["high"] < 0.35
    assert share(10, 10)["high"] == 1 > share(10, 10)["low"] > 0.65


def labels(accuracies: dict[str, float], n: int = 300, seed: int = 0) -> list[Label]:
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 4, n)
    return [
        Label(
            item, person, CLASSES[truth[item] if generator.random() < right else (truth[item] + 1) % 4], NOW
        )
        for person, right in accuracies.items()
        for item in range(n)
    ]


def test_skill_is_found_without_knowing_the_truth():
    found = skills(labels({"ana": 0.95, "ben": 0.8, "cem": 0.55}), CLASSES)
    for person, right in (("ana", 0.95), ("ben", 0.8), ("cem", 0.55)):
        assert found[person].accuracy == pytest.approx(right, abs=0.06)
    slips = np.array(found["cem"].confusion)
    assert slips.sum(axis=1) == pytest.approx(1, abs=0.01)
    assert all(slips[true].argsort()[-2:].tolist().count((true + 1) % 4) for true in range(4))


def test_skill_wants_enough_shared_items():
    assert skills(labels({"ana": 0.9, "ben": 0.9}, n=19), CLASSES) == {}
    assert skills(labels({"ana": 0.9}), CLASSES) == {}


def test_labels_against_a_confident_model_are_suspicious():
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 4, 200)
    said = truth.copy()
    said[:10] = (said[:10] + 1) % 4
    judged = []
    for number in range(200):
        probabilities = np.full(4, 0.05)
        probabilities[truth[number]] = 0.85
        judged.append(Judged(number, int(said[number]), tuple(probabilities)))
    assert {number for number, _quality in suspicious(judged)} == set(range(10))


def test_suspicion_copes_with_a_class_that_nobody_gave():
    judged = [Judged(n, n % 2, (0.9, 0.1, 0, 0) if n % 2 == 0 else (0.1, 0.9, 0, 0)) for n in range(60)]
    assert suspicious(judged) == []


def test_agreement_over_time_puts_an_item_where_its_last_label_came():
    said = [
        Label(item, person, CLASSES[(item + (late and person == "ben")) % 4], NOW + timedelta(days=late))
        for late in (0, 1)
        for item in range(late * 10, late * 10 + 10)
        for person in ("ana", "ben")
    ]
    said.append(Label(99, "ana", "a", NOW))  # nobody else labelled it
    first, second = agreement_over_time(said, CLASSES)
    assert (first["begins"], first["alpha"]["n"]) == ("2026-03-02", 10)
    assert first["alpha"]["value"] == 1
    assert second["alpha"]["value"] < 0


def test_long_periods_are_weeks_that_begin_on_mondays():
    said = [
        Label(item, person, CLASSES[item % 4], NOW + timedelta(days=5 * item))
        for item in range(8)
        for person in ("ana", "ben")
    ]
    found = agreement_over_time(said, CLASSES)
    assert all(datetime.fromisoformat(each["begins"]).weekday() == 0 for each in found)
    assert all(each["weekly"] for each in found)


def test_confusion_counts_only_what_both_said():
    said = by_person([Label(1, "x", "a", NOW), Label(1, "y", "b", NOW), Label(2, "x", "a", NOW)])
    assert confusion(said["x"], said["y"], CLASSES).sum() == 1
    assert confusion(said["x"], said["y"], CLASSES)[0, 1] == 1
    assert counts_of([Label(1, "x", "gone", NOW)], CLASSES)[1].shape == (0, 4)
