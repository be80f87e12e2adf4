"""Scores, their intervals and what is concluded from them."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from benchmarks.adapters_glue.findings import findings, grows_fastest, more_stable
from benchmarks.adapters_glue.methods import Method
from benchmarks.adapters_glue.scores import Scorer, interval
from benchmarks.adapters_glue.table import table
from benchmarks.adapters_glue.tasks import Row, Task


def a_task(targets: list[str], groups: list[str] | None = None, *, labels: tuple[str, ...] = ()) -> Task:
    names = groups or [str(number) for number in range(len(targets))]
    rows = tuple(Row("text", None, target, group) for target, group in zip(targets, names, strict=True))
    return Task("sst2" if labels else "stsb", labels, rows, rows)


def test_accuracy_is_the_mean_over_seeds() -> None:
    scorer = Scorer(a_task(list("0101"), labels=("0", "1")), seeds=2)
    found = interval(scorer.draws([[0, 1, 0, 1], [0, 1, 0, 0]]))
    assert found.mean == pytest.approx(7 / 8)
    assert found.low < found.mean <= found.high == 1


def test_rank_correlation_is_scipys() -> None:
    generator = np.random.default_rng(0)
    gold, said = generator.integers(0, 6, 40), generator.normal(size=40)
    score = Scorer(a_task([str(value) for value in gold]), seeds=1, draws=0).draws([said.tolist()])[0]
    assert score == pytest.approx(spearmanr(gold, said).statistic)


def test_constant_answers_correlate_with_nothing() -> None:
    assert Scorer(a_task(["1", "2", "3"]), seeds=1, draws=0).draws([[1.0, 1.0, 1.0]])[0] == 0


def test_one_group_of_rows_is_drawn_whole() -> None:
    task = a_task(list("0101" * 10), ["one"] * 20 + ["two"] * 20, labels=("0", "1"))
    draws = Scorer(task, seeds=1).draws([[0, 1] * 10 + [1, 0] * 10])  # the second dialogue is all wrong
    assert set(draws[1:].round(6)) == {0.0, 0.5, 1.0}


def cells(score: dict[tuple[str, int], float]) -> dict[tuple[str, Method], np.ndarray]:
    return {
        ("sst2", Method(name, 5e-3, rank, "parallel")): np.full(11, value)
        for (name, rank), value in score.items()
    }


def test_low_rank_is_enough_only_while_more_gains_less_than_a_point() -> None:
    flat = cells({("cp", 2): 0.8, ("cp", 8): 0.805})
    steep = cells({("cp", 2): 0.8, ("cp", 8): 0.85})
    assert findings(flat, 384)["low_rank_is_enough"]["holds"]
    assert not findings(steep, 384)["low_rank_is_enough"]["holds"]


def test_a_decomposition_wins_when_it_leads_over_all_others() -> None:
    won = cells({("cp", 2): 0.8, ("tucker", 2): 0.7, ("tensor_train", 2): 0.75})
    tied = cells({("cp", 2): 0.8, ("tucker", 2): 0.7, ("tensor_train", 2): 0.8})
    assert not findings(won, 384)["no_decomposition_wins"]["holds"]
    assert findings(tied, 384)["no_decomposition_wins"]["holds"]


def test_growth_is_counted_with_tuckers_core() -> None:
    found = grows_fastest(384)
    assert found["per_map"]["tucker"] == {"2": 176, "4": 576, "8": 4736}  # 80 r + r^4
    assert found["per_map"]["tensor_ring"]["8"] == 5120  # 80 r^2


def test_stability_compares_spreads_with_the_matrix_form() -> None:
    wild, calm = {1e-3: [0.7, 0.9], 1e-2: [0.5, 0.6]}, {1e-3: [0.8, 0.81], 1e-2: [0.8, 0.82]}
    assert more_stable({"lora": wild, "cp": calm})["holds"]
    assert not more_stable({"lora": calm, "cp": wild})["holds"]


def test_the_table_has_a_line_for_each_method_and_leaves_out_what_is_not_finished() -> None:
    score = {"mean": 0.5, "low": 0.25, "high": 0.75, "train_s": 2.0}
    cp = {"method": "cp", "rank": 2, "kind": "serial", "params": 1234} | score
    probe = {"method": "probe", "rank": None, "kind": None, "params": 770} | score
    lines = table([probe | {"task": "mrpc"}, cp | {"task": "mrpc"}, cp | {"task": "sst2"}]).splitlines()
    assert lines[0] == "| method | MRPC | SST-2 | trained | CPU s |"
    assert lines[2] == "| probe | 0.500 (0.250 to 0.750) |  | 770 | 2.0 |"
    assert lines[3].startswith("| cp 2 serial | 0.500 (0.250 to 0.750) | 0.500")
