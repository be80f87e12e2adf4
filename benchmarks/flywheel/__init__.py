"""Does answering make answering easier? Rounds of dialogues whose takeovers and audits train the next model.

In the first round people answer everything. From then on the machine answers what it is sure enough of; the
turns that it hands over, and a random few of the others (blind audits), are labelled by whoever answers
them, and the model of the next round learns from all labels so far. The threshold is chosen anew each round
from the labels alone, so that the share of wrong turns among those answered alone stays at a target. Beside
it, on the same rounds: as many labels drawn uniformly from the round's turns.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.flywheel.drawing import drawn
from benchmarks.flywheel.features import features_of
from benchmarks.flywheel.rounds import POLICIES, Round, Terms, played
from benchmarks.routing.data import read_turns
from benchmarks.tools.data import data_file

FIGURES = ("labels", "takeover_rate", "error")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dialogues", type=Path, metavar="FILE.csv", help="in MathDial's format")
    parser.add_argument("--round", type=int, default=30, help="dialogues of a round")
    parser.add_argument("--error", type=float, default=0.30, help="share of wrong turns to be kept to")
    parser.add_argument("--audits", type=float, default=0.10, help="share of confident turns audited")
    parser.add_argument("--repeats", type=int, default=5, help="orders in which the dialogues come")
    parser.add_argument(
        "--details", type=Path, metavar="FILE", help="everything else, intervals too, as JSON"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the rounds")


def run(arguments: Namespace) -> dict[str, Any]:
    turns = read_turns(arguments.dialogues or data_file("mathdial", "dialogues.csv"))
    print(f"{len(turns)} turns; reading them with the frozen encoder", file=sys.stderr, flush=True)
    features = features_of(turns)
    labels = np.array([turn.move for turn in turns])
    dialogues = np.array([turn.dialogue for turn in turns])
    terms = Terms(size=arguments.round, error=arguments.error, audits=arguments.audits)
    runs: dict[str, list[list[Round]]] = {policy: [] for policy in POLICIES}
    for repeat in range(arguments.repeats):
        print(f"order {repeat + 1} of {arguments.repeats}", file=sys.stderr, flush=True)
        for policy in POLICIES:
            runs[policy].append(played(features, labels, dialogues, terms, policy=policy, seed=repeat))
    figures = {policy: _by_round(found) for policy, found in runs.items()}
    if arguments.plot:
        arguments.plot.write_text(drawn(figures, error=arguments.error), encoding="utf-8")
    halved = {policy: _halved_at(rows) for policy, rows in figures.items()}
    if arguments.details:
        details = {"error_target": arguments.error, "rounds": figures, "halved_at_labels": halved}
        arguments.details.write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
    for policy, rows in figures.items():
        print(_table(policy, rows), f"\nHalved at labels: {halved[policy] or 'never'}\n")
    rounds = [{name: row[name] for name in FIGURES} for row in figures["takeovers"]]
    return {"rounds": rounds, "halved_at_labels": halved["takeovers"]}


def _table(policy: str, rows: list[dict[str, Any]]) -> str:
    lines = [f"| {policy}: labels | people answer | wrong of the machine's own |", "| --- | --- | --- |"]
    for row in rows:
        error = "" if row["error"] is None else f"{row['error']:.0%}"
        lines.append(f"| {row['labels']:,} | {row['takeover_rate']:.0%} | {error} |")
    return "\n".join(lines)


def _by_round(runs: list[list[Round]]) -> list[dict[str, Any]]:
    """The mean over the orders, with the middle 95 % of the orders."""
    rows = []
    for number in range(min(map(len, runs))):
        column = [one[number] for one in runs]
        rows.append(
            {
                "labels": round(float(np.mean([one.labels for one in column]))),
                "takeover_rate": _mean([one.takeover_rate for one in column]),
                "error": _mean([one.error for one in column]),
                "accuracy": _mean([one.accuracy for one in column]),
                "takeover_rate_interval": _middle([one.takeover_rate for one in column]),
                "error_interval": _middle([one.error for one in column]),
            }
        )
    return rows


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 4) if known else None


def _middle(values: list[float | None]) -> list[float] | None:
    known = [value for value in values if value is not None]
    return np.percentile(known, [2.5, 97.5]).round(4).tolist() if known else None


def _halved_at(rounds: list[dict[str, Any]]) -> int | None:
    """Labels given before the first round in which people answer at most half as often as in the first."""
    first = rounds[0]["takeover_rate"]
    return next((row["labels"] for row in rounds[1:] if row["takeover_rate"] <= first / 2), None)
