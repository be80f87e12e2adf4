"""What does dropout add to one pass, and what adds more, as the ground moves?

A network classifies the teacher's moves of MathDial-format dialogues. Every way to doubt its answers is
asked to find its errors on held-out problems, on misspelt and cut turns, and on other corpora, and to tell
lines that are no teaching apart; always against the softmax entropy of one pass on the same turns, with
intervals over dialogues.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from benchmarks.routing import fitted
from benchmarks.routing.fitted import settings_of
from benchmarks.routing.served import NetworkDoubt, Served
from benchmarks.shift.conditions import conditions
from benchmarks.shift.contenders import contenders
from benchmarks.shift.study import Study
from benchmarks.shift.tables import tables


def add_arguments(parser: ArgumentParser) -> None:
    fitted.add_arguments(parser)
    parser.add_argument("--most", type=int, default=400, help="turns of every condition but the first")
    parser.add_argument("--adapters", type=int, default=3, help="on one upper half")
    parser.add_argument("--tables", type=Path, metavar="FILE.md", help="the findings as tables")


def run(arguments: Namespace) -> dict[str, Any]:
    started = time.perf_counter()
    found = fitted.fitted_on(arguments)
    served = Served(found.train, found.crossed.reading, found.place)
    study = Study(
        found,
        served,
        NetworkDoubt(found.train, found.crossed.reading, found.place, served),
        contenders(found, settings_of(arguments), members=arguments.adapters),
        arguments.bootstrap,
    )
    first, *others = conditions(found.test.turns, most=arguments.most)
    home = study.seen(first, found.test, found.reading)
    figures: dict[str, Any] = {
        "errors": {first.name: study.errors(home)},
        "own_answers": {first.name: study.own_answers(home)},
        "ablation": study.ablation(home),
        "told_apart": {},
        "dropout": study.others.dropout,
    }
    for condition in others:
        seen = study.met(condition)
        figures["told_apart"][condition.name] = study.told_apart(home, seen)
        if not condition.foreign:
            figures["errors"][condition.name] = study.errors(seen)
            figures["own_answers"][condition.name] = study.own_answers(seen)
    figures["seconds"] = round(time.perf_counter() - started)
    written = tables(figures)
    if arguments.tables is not None:
        arguments.tables.write_text(written + "\n", encoding="utf-8")
    print(written)
    return figures
