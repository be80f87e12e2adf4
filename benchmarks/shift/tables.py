"""The findings as Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.shift.scores import SCORES

Json = Mapping[str, Any]


def tables(figures: Json) -> str:
    parts = [
        _errors(figures["errors"]),
        _told_apart(figures["told_apart"]),
        _ablation(figures["ablation"]),
        _own_answers(figures["own_answers"]),
    ]
    return "\n\n".join(parts)


def _errors(errors: Json) -> str:
    """Errors found: AUROC at home, then the gain over one pass's entropy everywhere."""
    places = list(errors)
    head = ["doubt", "passes", "AUROC", *(f"{name}, n {errors[name]['turns']}" for name in places)]
    rows = []
    for score in SCORES:
        home = errors[places[0]]["scores"].get(score.name)
        shown = "" if home is None else f"{home['auroc']:.3f}"
        gains = [_gain(errors[place]["scores"].get(score.name)) for place in places]
        rows.append([score.title, str(score.passes), shown, *gains])
    accuracy = ["accuracy of the network", "", "", *(f"{errors[place]['accuracy']:.3f}" for place in places)]
    return _table(head, [accuracy, *rows])


def _told_apart(told: Json) -> str:
    rows = [
        [score.title, *(f"{told[place][score.name]['auroc']:.3f}" for place in told)]
        for score in SCORES
        if all(score.name in told[place] for place in told)
    ]
    return _table(["told from held-out problems, AUROC", *told], rows)


def _ablation(sets: Json) -> str:
    rows = [[name, f"{one['auroc']:.3f}", _gain(one)] for name, one in sets.items()]
    return _table(["joint score from", "AUROC", "above one pass alone"], rows)


def _own_answers(answers: Json) -> str:
    methods = list(next(iter(answers.values())))
    rows = []
    for method in methods:
        cells = [f"{answers[p][method]['accuracy']:.3f} / {answers[p][method]['aurc']:.3f}" for p in answers]
        rows.append([method, *cells])
    return _table(["own answers: accuracy / AURC", *answers], rows)


def _gain(one: Json | None) -> str:
    if one is None:
        return ""
    low, high = one["gain_interval"]
    return f"{one['gain']:+.3f} ({low:+.3f} to {high:+.3f})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
