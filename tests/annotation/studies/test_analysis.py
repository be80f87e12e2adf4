"""The study's figures on small data, against libraries and against the printed table."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_ind
from sklearn.metrics import cohen_kappa_score

from annotation.studies.arms import Arm, arm_of
from annotation.studies.frames import frame_of
from annotation.studies.inference import Summary, class_shift, welch, welch_of
from annotation.studies.power import labels_needed
from annotation.studies.records import Record
from annotation.studies.sequential import confidence_sequence
from annotation.studies.simulation import Truth, simulated
from annotation.studies.table import BOTH, kappa, table

# Datta 2023, table 2.1: n, mean and SD of the time per item in seconds.
CLASSICAL, ASSISTED = Summary(1730, 15.2, 42.1), Summary(3983, 10.4, 32.7)


def record(annotator: str, item: str, label: str, **more: object) -> Record:
    terms = {"arm": Arm.CLASSICAL, "gold": "A", "suggestion": None, "first": label} | more
    return Record(annotator=annotator, item=item, label=label, seconds=5.0, active_seconds=4.0, **terms)


def test_the_printed_figures_give_their_p():
    effect = welch(CLASSICAL, ASSISTED)
    assert effect.p < 0.001
    assert effect.value == pytest.approx(-4.8)
    assert effect.high < 0


def test_welch_from_summaries_is_welch_from_records():
    frame = simulated(Truth(time_ratio=0.8), items=80, seed=3)
    times = [frame.loc[frame["arm"] == arm, "seconds"] for arm in (Arm.ASSISTED, Arm.CLASSICAL)]
    expected = ttest_ind(*times, equal_var=False)
    effect = welch_of(frame, Arm.CLASSICAL, Arm.ASSISTED)
    assert effect.p == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval()
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high))


def test_the_table_has_a_row_for_all_and_one_for_each():
    frame = simulated(Truth(), items=30, annotators=("ana", "ben"), seed=1)
    rows = {(row.arm, row.annotator): row for row in table(frame, resamples=50)}
    assert set(rows) == {(arm, who) for arm in ("classical", "assisted") for who in (BOTH, "ana", "ben")}
    every = rows["assisted", BOTH]
    part = frame[frame["arm"] == "assisted"]
    assert every.n == len(part)
    assert (every.mean_s, every.sd_s) == pytest.approx((part["seconds"].mean(), part["seconds"].std()))
    assert every.accuracy is not None
    assert every.accuracy.low <= every.accuracy.value <= every.accuracy.high


def test_kappa_is_that_of_common_items():
    labels = [("A", "A"), ("A", "B"), ("B", "B"), ("C", "C"), ("C", "A")]
    pairs = [(record("x", str(i), one), record("y", str(i), other)) for i, (one, other) in enumerate(labels)]
    frame = frame_of([one for pair in pairs for one in pair] + [record("x", "alone", "B")])
    assert kappa(frame) == pytest.approx(cohen_kappa_score(*zip(*labels, strict=True)))


def test_no_common_item_no_kappa():
    assert math.isnan(kappa(frame_of([record("x", "1", "A"), record("y", "2", "A")])))


def test_what_cannot_be_compared_is_left_out():
    frame = frame_of([record("x", "1", "A", gold=None), record("x", "2", "B", gold=None)])
    (row, _) = table(frame, resamples=20)
    assert (row.accuracy, row.agreement, row.kappa) == (None, None, None)


def test_a_shift_of_classes_shows():
    records = [record("x", f"c{i}", "A" if i < 50 else "B") for i in range(100)]
    records += [record("x", f"a{i}", "A" if i < 80 else "B", arm=Arm.ASSISTED) for i in range(100)]
    shift = class_shift(frame_of(records), Arm.CLASSICAL, Arm.ASSISTED)
    assert shift["A"].value == pytest.approx(0.3)
    assert shift["A"].low > 0
    assert shift["B"].value == pytest.approx(-0.3)


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_an_arm_never_changes(study: str, annotator: str, item: str):
    assert arm_of(study, annotator, item, list(Arm)) == arm_of(study, annotator, item, list(Arm))


def test_arms_are_balanced_and_independent_between_annotators():
    pairs = Counter(
        (arm_of("s", "x", str(i), list(Arm)), arm_of("s", "y", str(i), list(Arm))) for i in range(9000)
    )
    assert len(pairs) == 9
    assert all(850 < count < 1150 for count in pairs.values())


def test_a_study_without_arms_is_refused():
    with pytest.raises(ValueError, match="at least one arm"):
        arm_of("s", "x", "1", [])


def test_power_of_the_printed_study():
    """The effect of the thesis, per arm: 969 labels on the raw scale, 147 on the log scale."""
    need = labels_needed(mean_s=(15.2, 10.4), sd_s=(42.1, 32.7), accuracy=(0.82, 0.84))
    assert need.time == pytest.approx(969, abs=2)
    assert need.log_time == pytest.approx(147, abs=3)
    assert need.accuracy == pytest.approx(5534, rel=0.01)


def test_alike_labels_count_less():
    alone = labels_needed(mean_s=(15, 10), sd_s=(20, 20), accuracy=(0.8, 0.9))
    alike = labels_needed(
        mean_s=(15, 10), sd_s=(20, 20), accuracy=(0.8, 0.9), labels_per_item=2, item_correlation=0.5
    )
    assert alike.time == pytest.approx(1.5 * alone.time, abs=2)


def test_no_difference_needs_no_number():
    with pytest.raises(ValueError, match="no number of labels"):
        labels_needed(mean_s=(10, 10), sd_s=(5, 5), accuracy=(0.8, 0.9))


def test_the_sequence_narrows_and_holds_the_difference():
    generator = np.random.default_rng(0)
    treated = generator.random(4000) < 0.5
    values = generator.normal(0, 1, 4000) + 0.3 * treated
    found = confidence_sequence(values, treated)
    assert found[0].n == 40
    assert found[-1].high - found[-1].low < found[0].high - found[0].low
    assert all(look.low <= 0.3 <= look.high for look in found)


def test_an_empty_study_has_an_empty_table():
    assert table(frame_of([])) == []
    assert isinstance(frame_of([]), pd.DataFrame)
