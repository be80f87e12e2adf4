"""Unique resident memory of a fresh process for each contender, and what its checkpoints weigh."""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import torch

from benchmarks.shared_backbone import contenders
from benchmarks.shared_backbone.contenders import Batch
from benchmarks.shared_backbone.setting import Setting
from models_zoo.serving.shared import SharedBackbone

LENGTH = 16  # of the texts that every task answers before the memory is read
TOGETHER = 10
FIFTHS = 5
LEAST_FURTHER = 1000  # a fifth of these fills the cache of half factors


def rows(setting: Setting) -> list[dict[str, Any]]:
    """One row for each contender and number of tasks; what was not held is continued on a straight line,
    where two sizes were held.
    """
    most = {"shared, one map": max(setting.tasks), "shared, all maps": max(setting.tasks)}
    most["separate copies"] = setting.copies_most
    if setting.peers:
        most["PEFT LoRA, one map"] = setting.peft_most
    found: list[dict[str, Any]] = []
    for name, held in most.items():
        for tasks in setting.tasks:
            found += [_measured(setting, name, tasks)] if tasks <= held else _continued(found, name, tasks)
    return found


def further(held: list[dict[str, Any]], name: str) -> float | None:
    """Bytes for each further task of the process with the most tasks."""
    mine = [row for row in held if row["contender"] == name and "further_bytes" in row]
    return float(max(mine, key=lambda row: row["tasks"])["further_bytes"]) if mine else None


def _measured(setting: Setting, name: str, tasks: int) -> dict[str, Any]:
    print(f"Holding {tasks} tasks: {name} ...", file=sys.stderr, flush=True)
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        pickle.dump((setting, name, tasks), file)
        file.flush()
        done = subprocess.run(  # noqa: S603 - this module itself
            [sys.executable, "-m", "benchmarks.shared_backbone.memory", file.name],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"contender": name, "tasks": tasks, "extrapolated": False, **figures}


def _continued(found: list[dict[str, Any]], name: str, tasks: int) -> list[dict[str, Any]]:
    mine = [row for row in found if row["contender"] == name and not row["extrapolated"]]
    if len(mine) < 2:
        return []
    first, last = mine[0], mine[-1]
    further = (tasks - last["tasks"]) / (last["tasks"] - first["tasks"])
    row = {
        "contender": name,
        "tasks": tasks,
        "extrapolated": True,
        "uss_mb": last["uss_mb"] + further * (last["uss_mb"] - first["uss_mb"]),
        "checkpoint_bytes": last["checkpoint_bytes"]
        + further * (last["checkpoint_bytes"] - first["checkpoint_bytes"]),
    }
    return [row]


def _hold(setting: Setting, name: str, tasks: int) -> dict[str, Any]:
    """Build the contender, let every task answer, and read this process's memory."""
    torch.set_num_threads(1)
    backbone_bytes = sum(p.nbytes for p in setting.load().model.parameters())
    batch = Batch.of(setting, min(TOGETHER, tasks), LENGTH, tasks)
    kind, _, maps = name.partition(", ")
    figures: dict[str, Any] = {}
    with torch.inference_mode():
        if kind == "shared":
            kept: object = (serving := _hold_shared(setting, maps, tasks, batch, figures))
            stored = backbone_bytes + serving.size_bytes
        elif kind == "PEFT LoRA":
            model = contenders.peft_model(setting, maps, tasks)
            for names in _together(range(tasks)):
                part = slice(len(names))
                model(input_ids=batch.ids[part], attention_mask=batch.mask[part], adapter_names=names)
            stored, kept = sum(p.nbytes for p in model.parameters()), model
        else:
            models = contenders.copies(setting, tasks)
            for one in models:
                one(input_ids=batch.ids[:1], attention_mask=batch.mask[:1])
            stored, kept = backbone_bytes * tasks, models
    figures |= {"uss_mb": _resident() / 1e6, "checkpoint_bytes": stored}
    del kept
    if setting.device != "cpu":
        figures["device_mb"] = torch.cuda.memory_allocated() / 1e6
    return figures


def _hold_shared(
    setting: Setting, maps: str, tasks: int, batch: Batch, figures: dict[str, Any]
) -> SharedBackbone:
    """The tasks in fifths; what all but the first took is the price of a further one.

    Between two processes the difference would also count the bounded cache, which few tasks do not fill.
    """
    serving = contenders.shared(setting, maps, 0)
    parts = max(1, min(FIFTHS, tasks))
    ends = [tasks * part // parts for part in range(parts + 1)]
    resident = []
    for start, stop in pairwise(ends):
        contenders.put(serving, setting, maps, range(start, stop))
        for names in _together(range(start, stop)):
            part = slice(len(names))
            serving.read(batch.ids[part], batch.mask[part], names)
        resident.append(_resident())
    if tasks >= LEAST_FURTHER:
        figures["further_bytes"] = (resident[-1] - resident[0]) / (tasks - ends[1])
    return serving


def _together(numbers: range) -> list[list[str]]:
    """Names of at most ``TOGETHER`` tasks that are asked in one batch."""
    names = [str(number) for number in numbers]
    return [names[start : start + TOGETHER] for start in range(0, len(names), TOGETHER)]


def _resident() -> int:
    gc.collect()
    unique: int = psutil.Process().memory_full_info().uss
    return unique


if __name__ == "__main__":
    print(json.dumps(_hold(*pickle.loads(Path(sys.argv[1]).read_bytes()))))  # noqa: S301 - written by `_measured`
