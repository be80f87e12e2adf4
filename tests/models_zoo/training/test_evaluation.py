import dataclasses

import numpy as np
import pytest
from sklearn.metrics import f1_score

from models_zoo.serving.predictor import load_predictor
from models_zoo.training import compare, evaluate
from models_zoo.training.comparison import compare_results
from models_zoo.training.evaluation import (
    HeadResult,
    Results,
    SpanResult,
    macro_f1,
    metrics_of,
    reliability_of,
)
from tests.models_zoo.conftest import train_tiny


def results(gold, predicted) -> Results:
    head = HeadResult(np.array(gold), 0.5 * np.eye(2)[predicted] + 0.25)
    nothing = np.array([], dtype=np.int64)
    return Results({"question_type": head}, SpanResult(nothing, nothing, nothing))


def test_macro_f1_is_that_of_scikit_learn():
    generator = np.random.default_rng(0)
    for size in (1, 3, 50):
        gold, predicted = generator.integers(0, 5, (2, size))
        assert macro_f1(gold, predicted) == pytest.approx(f1_score(gold, predicted, average="macro"))


def test_a_diagram_has_the_bins_of_before_and_after():
    sure = Results({"question_type": HeadResult(np.array([0, 1]), np.eye(2))}, results([0], [0]).spans)
    diagram = reliability_of(results([0, 1], [0, 0]), sure)["question_type"]
    (before,), (after,) = diagram.before, diagram.after
    assert (before.count, before.confidence, before.accuracy) == (2, 0.75, 0.5)
    assert (after.count, after.confidence, after.accuracy) == (2, 1.0, 1.0)


def test_the_interval_holds_the_value_and_narrows_with_more_examples():
    few = metrics_of(results([0, 1] * 10, [0, 0] * 10), 300, 0)["question_type_accuracy"]
    many = metrics_of(results([0, 1] * 500, [0, 0] * 500), 300, 0)["question_type_accuracy"]
    assert few.low < few.value == many.value == 0.5 < few.high
    assert many.high - many.low < few.high - few.low


def test_spans_count_only_when_kind_and_both_ends_match():
    spans = SpanResult(np.array([1, 0]), np.array([2, 1]), np.array([1, 1]))
    metric = metrics_of(Results({}, spans), 10, 0)["entities_f1"]
    assert metric.value == pytest.approx(2 * 1 / (3 + 2))


def test_only_labelled_heads_are_scored(tiny_store, eight):
    bare = [dataclasses.replace(row, dialogue_act=None, entities=None) for row in eight]
    metrics = evaluate(load_predictor(tiny_store[0]), bare, bootstrap=20, passes=1)
    assert set(metrics) == {
        "question_type_accuracy",
        "question_type_macro_f1",
        "question_type_calibration_error",
        "question_type_adaptive_calibration_error",
        "question_type_brier",
    }


def test_nothing_held_out_is_nothing_scored(tiny_store):
    assert evaluate(load_predictor(tiny_store[0]), []) == {}


def test_a_version_does_not_differ_from_itself(tiny_store, eight):
    store, version = tiny_store
    same = compare(store, (version, version), eight, bootstrap=20, passes=1)
    assert same.old == same.new
    assert {(metric.value, metric.low, metric.high) for metric in same.difference.values()} == {(0, 0, 0)}


def test_pairing_shows_a_gain_that_unpaired_intervals_hide():
    gold = [0, 1] * 40
    old = [0, 0] * 30 + [0, 1] * 10  # 50 right
    new = [0, 0] * 24 + [0, 1] * 16  # the same and 6 more
    said = compare_results(("old", "new"), results(gold, old), results(gold, new), 500, 0)
    name = "question_type_accuracy"
    assert said.difference[name].value == pytest.approx(6 / 80)
    assert said.difference[name].low > 0
    assert said.new[name].low < said.old[name].high
    assert said.to_json()["difference"][name]["n"] == 80


def test_two_versions_are_compared_with_progress(tiny_store, eight, tiny_config):
    store, version = tiny_store
    other = train_tiny(store, eight, dataclasses.replace(tiny_config, seed=5, epochs=6))
    told: list[float] = []
    said = compare(store, (version, other), eight, bootstrap=20, passes=1, progress=told.append)
    assert said.versions == (version, other)
    for name, metric in said.difference.items():
        assert metric.value == pytest.approx(said.new[name].value - said.old[name].value)
    assert told == sorted(told)
    assert told[-1] == 1.0
