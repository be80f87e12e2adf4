"""Many task models in one process: memory and the time of a mixed batch, beside separate copies and peers."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

from benchmarks.shared_backbone import adapterhub, latency, memory
from benchmarks.shared_backbone.setting import Setting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tasks", type=int, nargs="+", default=[1, 10, 100, 1000], metavar="N")
    parser.add_argument("--lengths", type=int, nargs="+", default=[32, 64], metavar="L")
    parser.add_argument("--batches", type=int, nargs="+", metavar="B", help="10 and 100; on a GPU 64")
    parser.add_argument("--rank", type=int, default=4)
    parser.add_argument("--decomposition", default="cp")
    parser.add_argument(
        "--rounds", type=int, default=60, help="for the smallest batch; fewer for larger ones"
    )
    parser.add_argument(
        "--peft-most", type=int, default=100, help="most PEFT adapters to measure the memory of"
    )
    parser.add_argument("--copies-most", type=int, default=10, help="most full copies to hold")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--dtype", help="float32; on a GPU bfloat16")
    parser.add_argument("--backbone", help="packaged, or with random weights bert-base (on a GPU) or tiny")
    parser.add_argument(
        "--adapterhub", type=Path, metavar="FOLDER", help="virtual environment with AdapterHub, kept there"
    )
    parser.add_argument("--no-peers", action="store_true", help="leave PEFT and AdapterHub out")
    parser.add_argument(
        "--details", type=Path, metavar="FILE", help="every batch and length, and all memory, as JSON"
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    setting = Setting.of(arguments)
    torch.set_num_threads(1)
    rows = latency.rows(setting)
    if not arguments.no_peers and setting.backbone == "packaged" and setting.device == "cpu":
        rows += adapterhub.rows(setting, arguments.adapterhub)
    held = memory.rows(setting)
    _print(rows, held)
    if arguments.details is not None:
        arguments.details.write_text(json.dumps(_details(rows, held), indent=2) + "\n", encoding="utf-8")
    return _figures(setting, rows, held)


def _figures(setting: Setting, rows: list[dict[str, Any]], held: list[dict[str, Any]]) -> dict[str, Any]:
    """The worst over the lengths, of the smallest batch."""
    batch = min(setting.batches)

    def worst(name: str, tasks: int | None = None) -> float | None:
        found = [
            row["ratio"]
            for row in rows
            if row["contender"] == name and row["batch"] == batch and row["tasks"] == (tasks or row["tasks"])
        ]
        return max(found) if found else None

    ours = {row["tasks"]: row for row in held if row["contender"] == "shared, one map"}
    peers = sorted({row["contender"] for row in rows if not row["contender"].startswith("shared")})
    ten = latency.tasks_of_main_row(setting)
    return {
        "n": {
            str(tasks): {"uss_mb": ours[tasks]["uss_mb"], "mixed_ratio": worst("shared, one map", tasks)}
            for tasks in setting.tasks
        },
        "bytes_per_task": memory.further(held, "shared, one map"),
        "mixed_ratio_10": worst("shared, one map", ten),
        "mixed_ratio_10_all": worst("shared, all maps", ten),
        "peers": {name: worst(name) for name in peers},
    }


def _details(rows: list[dict[str, Any]], held: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything that was measured; ``bytes_per_task_all`` is with every map adapted."""
    return {"bytes_per_task_all": memory.further(held, "shared, all maps"), "rows": rows, "memory": held}


def _print(rows: list[dict[str, Any]], held: list[dict[str, Any]]) -> None:
    for row in rows:
        print(
            f"{row['contender']:<34} N={row['tasks']:<5} batch {row['batch']:<4} length {row['length']:<4}"
            f"{row['ratio']:.3f} times the plain backbone",
            file=sys.stderr,
        )
    for row in held:
        note = " (extrapolated)" if row["extrapolated"] else ""
        print(
            f"{row['contender']:<34} N={row['tasks']:<5} {row['uss_mb']:>9.1f} MB resident{note}, "
            f"{row['checkpoint_bytes'] / 1e6:.2f} MB of checkpoints",
            file=sys.stderr,
        )
    for name in ("shared, one map", "shared, all maps"):
        price = memory.further(held, name)
        if price is not None:
            print(f"{name:<34} {price:,.0f} bytes for each further task", file=sys.stderr)
