"""Labelling functions on a large corpus, beside Snorkel's own appliers, label for label the same.

The lines are made of sentences that real teachers wrote (MathDial), put together anew with a seed, so that
nearly all differ: a corpus of repetitions would flatter whoever reads a text once. Snorkel's appliers get the
functions through a column of prepared questions, which is the quickest way that they have.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from benchmarks.weak_supervision.contenders import contenders
from benchmarks.weak_supervision.lines import lines
from benchmarks.weak_supervision.measuring import measure


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", default="100000,1000000", help="sizes of the corpus, comma-separated")
    parser.add_argument(
        "--peer-rows",
        type=int,
        default=100_000,
        help="beyond so many, Snorkel's seconds are extrapolated, and named so",
    )
    parser.add_argument("--without", default="", help="contenders to leave out, comma-separated")
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """The figures of the largest corpus; the others are printed on the way."""
    figures: dict[str, Any] = {}
    sizes = sorted(int(each) for each in arguments.rows.split(","))
    texts = lines(sizes[-1], seed=arguments.seed)
    distinct = len(set(texts)) / len(texts)
    sys.stderr.write(f"{len(texts)} lines, {distinct:.1%} distinct\n")
    left_out = arguments.without.split(",")
    running = {name: apply for name, apply in contenders().items() if name not in left_out}
    for size in sizes:
        figures = measure(running, texts[:size], peer_rows=arguments.peer_rows)
        sys.stderr.write(f"{figures}\n")
    return figures
