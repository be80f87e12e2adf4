"""How many labels each order of work needs, simulated on teachers' turns that people have labelled."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from benchmarks.tools.data import data_file

from .figures import summary
from .simulation import Settings, simulate
from .strategies import STRATEGIES
from .turns import read_turns


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--train", type=Path, metavar="FILE", help="dialogues in MathDial's CSV format")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--begin", type=int, default=20, help="labels at the start, drawn at random")
    parser.add_argument("--step", type=int, default=40, help="labels between two fits")
    parser.add_argument("--budget", type=int, help="stop after so many labels; the whole pool when left out")
    parser.add_argument("--target", type=float, default=0.95, help="share of the full-data macro F1 to reach")
    parser.add_argument("--random-share", type=float, default=0.0, help="of each batch, drawn at random")
    parser.add_argument("--strategies", default=",".join(STRATEGIES), help="comma-separated")


def run(arguments: Namespace) -> dict[str, Any]:
    path = arguments.train or data_file("mathdial", "dialogues.csv")
    unknown = set(arguments.strategies.split(",")) - set(STRATEGIES)
    if unknown:
        raise SystemExit(f"No strategy is called {sorted(unknown)}; there are: {', '.join(STRATEGIES)}.")
    turns = read_turns(path)
    settings = Settings(
        begin=arguments.begin,
        step=arguments.step,
        budget=arguments.budget,
        target=arguments.target,
        random_share=arguments.random_share,
    )
    runs = []
    for seed in range(arguments.seeds):
        print(f"seed {seed + 1} of {arguments.seeds}", file=sys.stderr)
        runs.append(simulate(turns, arguments.strategies.split(","), settings, seed=seed))
    return {
        "file": path.name,
        "turns": len(turns.labels),
        "seeds": arguments.seeds,
        **summary(runs, settings),
    }
