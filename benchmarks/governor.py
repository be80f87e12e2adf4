"""What the load governor does to waiting and to errors, with the pace of recorded teachers.

Rooms of real dialogues are played against one simulated supervisor, once with the threshold at rest and
once governed. The pauses are those of the recorded lines: two seconds to read and the time to type the
words. Doubt and errors are drawn with a seed, since the dialogues carry no verdicts; the guarantee is
computed from drawn verdicts just as it is in the product.
"""

from __future__ import annotations

import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tools.data import data_file
from models_zoo.routing.guarantee import guaranteed_threshold
from simulator.load.governor import Load, governed, pressure
from simulator.load.rooms import Line, Room, Routed, Rule, Setting, play
from simulator.rehearsal.dialogues import Dialogue, read_dialogues

READ_S, WORDS_A_MINUTE = 2.0, 40.0
VERDICTS = 1500
SAMPLE_S, LAGS = 5.0, 60  # the threshold is looked at every five seconds, for swings of up to ten minutes


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--dialogues", type=Path, metavar="FILE.csv", help="default: MathDial in $ACTS_DATA")
    parser.add_argument("--rooms", default="3,4,5,6,10,20", help="played at once, comma-separated")
    parser.add_argument(
        "--each", type=int, default=20, help="dialogues that a room holds one after the other"
    )
    parser.add_argument("--limit", type=float, default=30.0, help="longest expected wait, seconds")
    parser.add_argument("--service", type=float, default=15.0, help="median seconds at a turn")
    parser.add_argument("--target", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: Namespace) -> dict[str, Any]:
    dialogues = read_dialogues(arguments.dialogues or data_file("mathdial", "dialogues.csv"))
    draw = random.Random(arguments.seed)
    highest = _guaranteed(arguments.target, arguments.seed)
    resting = highest / 2
    rows = []
    for count in (int(one) for one in arguments.rooms.split(",")):
        rooms = [_room(dialogues, arguments.each, draw) for _ in range(count)]
        for name, rule in (
            ("at rest", _fixed(resting)),
            ("governed", _governor(resting, highest, arguments)),
        ):
            sys.stderr.write(f"{count} rooms, {name}\n")
            routed = play(rooms, rule, Setting(service_s=arguments.service, seed=arguments.seed))
            rows.append({"rooms": count, "rule": name, **_figures(routed, arguments.limit)})
    return {
        "resting": round(resting, 4),
        "highest": round(highest, 4),
        "limit_s": arguments.limit,
        "rows": rows,
    }


def _line(text: str, draw: random.Random) -> Line:
    pause_s = READ_S + 60.0 * len(text.split()) / WORDS_A_MINUTE
    score = draw.betavariate(1.2, 2.5)
    return Line(pause_s, score, draw.random() < score**2)


def _room(dialogues: Sequence[Dialogue], each: int, draw: random.Random) -> Room:
    chosen = [draw.choice(dialogues) for _ in range(each)]
    lines = [_line(exchange.asked, draw) for dialogue in chosen for exchange in dialogue.exchanges]
    return Room(draw.uniform(0.0, 60.0), lines)


def _guaranteed(target: float, seed: int) -> float:
    draw = random.Random(f"{seed}/verdicts")
    lines = [_line("", draw) for _ in range(VERDICTS)]
    found = guaranteed_threshold(
        [line.score for line in lines], [line.wrong for line in lines], target=target
    )
    if found.threshold is None:
        raise SystemExit(f"{VERDICTS} drawn verdicts support no threshold at a target of {target:g}.")
    return found.threshold


def _fixed(threshold: float) -> Rule:
    return lambda _load: threshold


def _governor(resting: float, highest: float, arguments: Namespace) -> Rule:
    def rule(load: Load) -> float:
        push = pressure(load.expected_wait_s, limit_s=arguments.limit)
        return governed(resting=resting, highest=highest, push=push)

    return rule


def _figures(routed: Sequence[Routed], limit_s: float) -> dict[str, Any]:
    asked = [turn.wait_s for turn in routed if not turn.alone]
    alone = [turn.wrong for turn in routed if turn.alone]
    return {
        "turns": len(routed),
        "mean_wait_s": round(float(np.mean(asked)), 1) if asked else 0.0,
        "p95_wait_s": round(float(np.percentile(asked, 95)), 1) if asked else 0.0,
        "beyond_limit": round(float(np.mean([wait > limit_s for wait in asked])), 3) if asked else 0.0,
        "alone": round(len(alone) / len(routed), 3),
        "error_alone": round(float(np.mean(alone)), 4) if alone else 0.0,
        "mean_threshold": round(float(np.mean([turn.threshold for turn in routed])), 4),
        "lowest_autocorrelation": _lowest_autocorrelation(routed),
    }


def _lowest_autocorrelation(routed: Sequence[Routed]) -> float:
    """Near -1 when the threshold swings, near 0 when it does not; 0 for one that stands still."""
    moments = np.array([turn.at_s for turn in routed])
    values = np.array([turn.threshold for turn in routed])
    series = values[np.searchsorted(moments, np.arange(moments[0], moments[-1], SAMPLE_S), side="right") - 1]
    centred = series - series.mean()
    if len(series) <= LAGS or centred.std() < 1e-9:
        return 0.0
    lags = ((centred[:-lag] * centred[lag:]).mean() for lag in range(1, LAGS))
    return round(float(min(lags) / centred.var()), 3)
