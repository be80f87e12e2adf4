"""Errors found by each doubt, and strangers told apart, with the gain over one pass on the same resamples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.shift.conditions import Condition
from benchmarks.shift.scores import BASE
from models_zoo.routing.resampling import Rows, group_resamples, interval
from models_zoo.routing.risk_coverage import aurc, auroc

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


def wrong_answers(condition: Condition, answers: Values) -> Flags:
    return np.asarray(~condition.allowed[np.arange(len(answers)), answers.argmax(1)])


def compared(
    scores: Mapping[str, Values], wrong: Flags, groups: Sequence[str], *, times: int, base: str = BASE.name
) -> dict[str, Any]:
    """AUROC of every score, and its difference to that of ``base``, each with the middle 95 %."""
    resamples = group_resamples(groups, times=times)
    table = {name: _over(values, wrong, resamples) for name, values in scores.items()}
    return {
        name: {
            "auroc": round(auroc(scores[name], wrong), 4),
            "interval": _middle(drawn),
            "gain": round(auroc(scores[name], wrong) - auroc(scores[base], wrong), 4),
            "gain_interval": _middle(drawn - table[base]),
        }
        for name, drawn in table.items()
    }


def answered(
    condition: Condition, answers: Mapping[str, Values], groups: Sequence[str], *, times: int
) -> dict[str, Any]:
    """Each method's accuracy and AURC when it answers by its own largest probability."""
    resamples = group_resamples(groups, times=times)
    found = {}
    for name, probabilities in answers.items():
        wrong = wrong_answers(condition, probabilities)
        low, high = interval(partial(_accuracy, wrong), resamples)
        found[name] = {
            "accuracy": round(_accuracy(wrong, slice(None)), 4),
            "accuracy_interval": [round(low, 4), round(high, 4)],
            "aurc": round(aurc(1 - probabilities.max(1), wrong), 4),
        }
    return found


def _accuracy(wrong: Flags, rows: Rows | slice) -> float:
    return 1 - float(wrong[rows].mean())


def _over(values: Values, wrong: Flags, resamples: Sequence[Rows]) -> Values:
    return np.array([auroc(values[rows], wrong[rows]) for rows in resamples])


def _middle(drawn: Values) -> list[float]:
    low, high = np.percentile(drawn, [2.5, 97.5]).round(4).tolist()
    return [low, high]
