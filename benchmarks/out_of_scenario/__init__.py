"""Lines that belong to no rehearsal: how well they are told apart, and whether they are answered alone.

Two lists of the project (strangers kind by kind, and lines of the scale factor scenario), real teachers of
other problems (MathDial) and of another subject (CIMA). Real lines are judged twice: in the scenario of their
own problem, where they belong, and in the scale factor scenario, where they do not.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from benchmarks.tools.data import data_file

from .figures import SHIPPED_LEVEL, Side, separation, share
from .judging import Judge, Judged
from .sources import cima_lines, mathdial_lines

SCENARIO = "scale-factor"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dialogues", type=Path, metavar="FILE", help="MathDial format, default: $ACTS_DATA")
    parser.add_argument("--cima", type=Path, metavar="FILE", help="default: $ACTS_DATA")
    parser.add_argument("--most", type=int, default=1500, help="real lines of each set at most")
    parser.add_argument("--resamples", type=int, default=1000, help="bootstrap resamples")
    parser.add_argument(
        "--engine-lines", type=int, help="lines of each list sent through the engine; default all"
    )
    parser.add_argument("--passes", type=int, help="dropout passes of the engine; default as shipped")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    judge = Judge(SCENARIO)
    strange, own = judge.named("lines"), judge.named("controls")
    inside = Side.of(own)
    kinds = sorted({line.group for line in strange})
    _say(f"{len(strange)} strangers, {len(own)} lines of the scenario")
    whole = separation(Side.of(strange), inside, arguments.resamples)
    figures: dict[str, Any] = {
        "list": whole | {"false_alarms": share(own, SHIPPED_LEVEL, arguments.resamples)},
        "kinds": {
            kind: separation(Side.of(_of_kind(strange, kind)), inside, arguments.resamples) for kind in kinds
        },
        "mathdial": _mathdial(judge, arguments),
        "cima": _cima(judge, inside, arguments),
    }
    _say("sending both lists through the engine")
    from .answering import answered_alone

    most = arguments.engine_lines
    figures["engine"] = answered_alone(
        {"lines": strange[:most], "controls": own[:most]},
        scenario=SCENARIO,
        passes=arguments.passes,
        say=_say,
    )
    return figures


def _of_kind(lines: list[Judged], kind: str) -> list[Judged]:
    return [line for line in lines if line.group == kind]


def _mathdial(judge: Judge, arguments: argparse.Namespace) -> dict[str, Any]:
    path = arguments.dialogues or data_file("mathdial", "dialogues.csv")
    lines = mathdial_lines(path, most=arguments.most)
    _say(f"{len(lines)} teacher turns of {path}")
    at_home, abroad = judge.real(lines)
    naming = [line for line, source in zip(abroad, lines, strict=True) if source.names_problem]
    return {
        "lines": len(lines),
        "naming_their_problem": len(naming),
        "all": separation(Side.of(abroad), Side.of(at_home), arguments.resamples),
        "naming": separation(Side.of(naming), Side.of(at_home), arguments.resamples),
        "false_alarms_at_home": share(at_home, SHIPPED_LEVEL, arguments.resamples),
    }


def _cima(judge: Judge, inside: Side, arguments: argparse.Namespace) -> dict[str, Any]:
    path = arguments.cima or data_file("cima", "dataset.json")
    lines = cima_lines(path, most=arguments.most)
    _say(f"{len(lines)} tutor turns of {path}")
    return {"lines": len(lines)} | separation(Side.of(judge.abroad(lines)), inside, arguments.resamples)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
