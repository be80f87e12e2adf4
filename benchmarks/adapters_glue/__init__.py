"""Tensorised adapters against their peers on MRPC, STS-B, SST-2 and MathDial's moves.

Full fine-tuning, a linear probe, Houlsby's bottleneck, LoRA, and the four decompositions at several ranks,
serial and parallel. Goes on where an earlier run stopped.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks.adapters_glue.tasks import NAMES
from benchmarks.tools.data import data_folder

DEFAULT_CELLS = Path("var") / "benchmarks" / "adapters_glue.jsonl"
QUICK: dict[str, Any] = {
    "train": 96,
    "test": 160,
    "epochs": 2,
    "batch_size": 16,
    "seeds": 2,
    "ranks": [2, 4],
    "rates": [2e-2],
    "minutes": 4.0,
    "without": ["full"],
}
THOROUGH: dict[str, Any] = {
    "train": 2000,
    "test": 500,
    "epochs": 3,
    "batch_size": 32,
    "layers": 2,
    "tokens": 64,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    data = data_folder()
    parser.add_argument("--glue", type=Path, default=data / "glue", help="folder of the GLUE files")
    parser.add_argument(
        "--mathdial", type=Path, default=data / "mathdial" / "dialogues.csv", help="MathDial's dialogues"
    )
    parser.add_argument("--tasks", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--without", nargs="+", default=[], metavar="METHOD", help="methods to leave out")
    parser.add_argument("--ranks", nargs="+", type=int, default=[2, 4, 8])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--train", type=int, default=512, help="texts to train on; a pair counts as two")
    parser.add_argument("--test", type=int, default=320, help="rows to score on, drawn once")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=8, help="in texts")
    parser.add_argument("--layers", type=int, default=1, help="upper blocks with an adapter; 6 is all")
    parser.add_argument("--tokens", type=int, default=32, help="longer texts are cut")
    parser.add_argument(
        "--precision", choices=("bf16", "fp32"), default="fp32", help="bf16 pays where the processor has it"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--rates", nargs="*", type=float, default=[2e-3, 1e-2, 5e-2],
        help="learning rates of the comparison at equal parameters; none leaves it out",
    )  # fmt: skip
    parser.add_argument("--cells", type=Path, default=DEFAULT_CELLS, help="where finished cells are kept")
    parser.add_argument("--minutes", type=float, help="start no cell after this; the rest is next time")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the figures")
    parser.add_argument(
        "--details", type=Path, metavar="FILE", help="the findings with their figures, as JSON"
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="few rows and cells, under five minutes")
    size.add_argument("--thorough", action="store_true", help="more rows, epochs and blocks; many hours")


def run(arguments: argparse.Namespace) -> dict[str, object]:
    from benchmarks.adapters_glue.comparison import compare_all

    vars(arguments).update(QUICK if arguments.quick else THOROUGH if arguments.thorough else {})
    return compare_all(arguments)
