"""The whole matrix: which cells there are, training those that are missing, and what they say."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from statistics import mean

import torch
import transformers

from benchmarks.adapters_glue.cells import Cell, CellStore
from benchmarks.adapters_glue.features import Features, features_of
from benchmarks.adapters_glue.findings import findings, more_stable
from benchmarks.adapters_glue.methods import FULL, LORA, Method, equal_parameters, matrix
from benchmarks.adapters_glue.plot import draw
from benchmarks.adapters_glue.scores import Floats, Scorer, interval
from benchmarks.adapters_glue.settings import Settings
from benchmarks.adapters_glue.table import table
from benchmarks.adapters_glue.tasks import Task, load_task
from benchmarks.adapters_glue.training import Outcome, outcome_of
from models_zoo.backbones import Backbone, load_backbone

STABILITY_TASKS = ("sst2", "stsb")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be known when the run has ended."""

    tasks: dict[str, Task]
    methods: list[Method]
    swept: list[Method]
    settings: Settings
    seeds: int
    backbone: Backbone

    def cell(self, task: str, method: Method, seed: int) -> Cell:
        digest = self.tasks[task].digest()
        return Cell(task, digest, self.backbone.sha256[:16], method, self.settings, seed)

    def cells(self) -> Iterator[Cell]:
        """A whole seed before the next one, so that a run cut short has compared every method.

        Full fine-tuning comes after the others, since a cell of it takes as long as ten of them; the sweeps
        of learning rates come last, one task after the other.
        """
        everywhere = list(self.tasks)
        full = [method for method in self.methods if method.name == FULL]
        others = [method for method in self.methods if method.name != FULL]
        sweeps = [([task], self.swept) for task in STABILITY_TASKS if task in self.tasks]
        for tasks, methods in ((everywhere, others), (everywhere, full), *sweeps):
            for seed in range(self.seeds):
                for task in tasks:
                    yield from (self.cell(task, method, seed) for method in methods)

    def outcomes(self, store: CellStore, task: str, method: Method) -> list[Outcome]:
        """Of all seeds, or none of them."""
        found = [store.get(self.cell(task, method, seed)) for seed in range(self.seeds)]
        return [each for each in found if each is not None] if None not in found else []


def compare_all(arguments: argparse.Namespace) -> dict[str, object]:
    torch.set_num_threads(arguments.threads)
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    plan = _plan(arguments)
    store = CellStore(arguments.cells)
    _train_missing(plan, store, arguments)
    draws = _draws(plan, store)
    rows = [
        _row(task, method, plan.outcomes(store, task, method), values)
        for (task, method), values in draws.items()
    ]
    found = findings(draws, plan.backbone.model.config.dim)
    stability = _stability(plan, store)
    found |= {f"more_stable_{task}": more_stable(scores) for task, scores in stability.items()}
    missing = sum(store.get(cell) is None for cell in set(plan.cells()))
    details = {"findings": found, "settings": asdict(plan.settings), "cells_missing": missing}
    print(f"{table(rows)}\n{json.dumps(found)}\n{missing} cells are missing", file=sys.stderr)
    if arguments.plot is not None:
        arguments.plot.write_text(draw(rows, plan.tasks, stability), encoding="utf-8")
    if arguments.details is not None:
        arguments.details.write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
    return {"rows": rows}


def _plan(arguments: argparse.Namespace) -> Plan:
    backbone = load_backbone()
    backbone.model.set_attn_implementation("eager")
    tasks = {
        name: load_task(
            name, glue=arguments.glue, mathdial=arguments.mathdial, train=arguments.train, test=arguments.test
        )
        for name in arguments.tasks
    }
    wanted = [method for method in matrix(arguments.ranks) if method.name not in arguments.without]
    settings = Settings(
        layers=arguments.layers,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        tokens=arguments.tokens,
        precision=arguments.precision,
    )
    return Plan(tasks, wanted, equal_parameters(arguments.rates), settings, arguments.seeds, backbone)


def _train_missing(plan: Plan, store: CellStore, arguments: argparse.Namespace) -> None:
    missing = [cell for cell in dict.fromkeys(plan.cells()) if store.get(cell) is None]
    deadline = time.monotonic() + 60 * arguments.minutes if arguments.minutes else float("inf")
    features: dict[str, Features] = {}
    for number, cell in enumerate(missing, 1):
        if time.monotonic() > deadline:
            print(f"{len(missing) - number + 1} cells are left for the next run", file=sys.stderr)
            return
        task = plan.tasks[cell.task]
        if cell.task not in features:
            features[cell.task] = features_of(task, plan.backbone, plan.settings)
        outcome = outcome_of(
            cell.method,
            features[cell.task],
            plan.backbone,
            classes=len(task.labels),
            settings=plan.settings,
            seed=cell.seed,
        )
        store.add(cell, outcome)
        print(
            f"{number}/{len(missing)} {cell.task} {cell.method.title} seed {cell.seed}: "
            f"{_plain_score(task, outcome):.3f}, {outcome.train_s:.1f} s",
            file=sys.stderr,
            flush=True,
        )


def _plain_score(task: Task, outcome: Outcome) -> float:
    return float(Scorer(task, 1, draws=0).draws([outcome.answers])[0])


def _draws(plan: Plan, store: CellStore) -> dict[tuple[str, Method], Floats]:
    found = {}
    for name, task in plan.tasks.items():
        scorer = Scorer(task, plan.seeds)
        for method in plan.methods:
            outcomes = plan.outcomes(store, name, method)
            if outcomes:
                found[name, method] = scorer.draws([outcome.answers for outcome in outcomes])
    return found


def _row(task: str, method: Method, outcomes: list[Outcome], draws: Floats) -> dict[str, object]:
    score = interval(draws)
    return {
        "task": task,
        "method": method.name,
        "rank": method.rank,
        "kind": method.kind,
        "params": outcomes[0].params,
        "mean": round(score.mean, 4),
        "low": round(score.low, 4),
        "high": round(score.high, 4),
        "train_s": round(mean(outcome.train_s for outcome in outcomes), 2),
    }


def _stability(plan: Plan, store: CellStore) -> dict[str, dict[str, dict[float, list[float]]]]:
    """Task -> method -> learning rate -> score of each seed; only where every one of them is finished."""
    found: dict[str, dict[str, dict[float, list[float]]]] = {}
    for task in STABILITY_TASKS:
        outcomes = {method: plan.outcomes(store, task, method) for method in plan.swept if task in plan.tasks}
        if not outcomes or not all(outcomes.values()) or plan.seeds < 2:
            continue
        scores: dict[str, dict[float, list[float]]] = {LORA: {}}
        for method, each in outcomes.items():
            by_rate = scores.setdefault(method.name, {})
            by_rate[method.learning_rate] = [_plain_score(plan.tasks[task], outcome) for outcome in each]
        found[task] = scores
    return found
