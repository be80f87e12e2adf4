"""What thirty dropout passes cost and how well one pass ranks as they do, on real teachers' lines.

A model of the product's own kind is trained on two thirds of the file's problems (kept under ``--cache``, so
that a second run is quick) and asked about the rest. Speed: baal's patched module in a loop, the plain loop,
all passes stacked, and one pass, each as a ratio to one deterministic float32 pass. Ranking: Spearman's
correlation of one pass's figures with 100 passes with every dropout of the model active. Precision: labels
and macro-F1 as served beside float32, and the whole turn beside one float32 pass. ``--encoder-dropout 0.1``
asks the same of a model that has dropout below its heads too.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

from benchmarks.mc_dropout import model, precision, ranking, speed
from benchmarks.tools.data import data_file

FIGURES = ("rows", "worst_ratio", "spearman_mi", "spearman_entropy", "turn_over_fp32_pass")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dialogues", type=Path, metavar="FILE.csv", help="as MathDial has it (default: MathDial)"
    )
    parser.add_argument(
        "--cache", type=Path, default=Path("var") / "benchmarks" / "mc_dropout", metavar="DIR"
    )
    parser.add_argument("--backbone", help="encoder; default: the packaged one")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument(
        "--head-dropout", type=float, default=None, help="before the heads; default: the product's"
    )
    parser.add_argument(
        "--encoder-dropout", type=float, default=None, help="below the heads; default: the product's"
    )
    parser.add_argument("--texts", type=int, default=300, help="held-out lines read a hundred times")
    parser.add_argument("--batches", default="1,8,32")
    parser.add_argument("--lengths", default="32,64")
    parser.add_argument(
        "--rounds", type=int, default=2, help="of the slow ways; the quick ones take ten times as many"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--details",
        type=Path,
        metavar="FILE",
        help="intervals, precision and other ways to rank too, as JSON",
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    path = arguments.dialogues or data_file("mathdial", "dialogues.csv")
    torch.set_num_threads(arguments.threads)
    trained = model.trained(path, arguments)
    say("ranking")
    details = ranking.figures(trained, arguments.cache, arguments.texts)
    say("precision")
    details |= precision.figures(trained)
    say("speed")
    shapes = [
        (int(b), int(length)) for length in arguments.lengths.split(",") for b in arguments.batches.split(",")
    ]
    details |= speed.figures(trained, shapes, arguments.rounds)
    say(json.dumps({name: value for name, value in details.items() if name not in FIGURES}))
    if arguments.details is not None:
        arguments.details.write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
    return {name: details[name] for name in FIGURES}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
