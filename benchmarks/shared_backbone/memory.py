"""Unique resident memory of a fresh process for each contender, and what its checkpoints weigh."""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import torch

from benchmarks.shared_backbone import contenders
from benchmarks.shared_backbone.contenders import Batch
from benchmarks.shared_backbone.setting import Setting

LENGTH = 16  # of the texts that every task answers before the memory is read
TOGETHER = 10


def rows(setting: Setting) -> list[dict[str, Any]]:
    """One row for each contender and number of tasks; what was not held is continued on a straight line."""
    most = {"shared, one map": max(setting.tasks), "shared, all maps": max(setting.tasks)}
    most["separate copies"] = setting.copies_most
    if setting.peers:
        most["PEFT LoRA, one map"] = setting.peft_most
    found: list[dict[str, Any]] = []
    for name, held in most.items():
        for tasks in setting.tasks:
            row = _measured(setting, name, tasks) if tasks <= held else _continued(found, name, tasks)
            found.append(row)
    return found


def slope(held: list[dict[str, Any]], name: str) -> float | None:
    """Bytes for each further task, between the last two numbers of tasks."""
    mine = [row for row in held if row["contender"] == name and not row["extrapolated"]]
    if len(mine) < 2:
        return None
    first, last = mine[-2:]
    return float((last["uss_mb"] - first["uss_mb"]) * 1e6 / (last["tasks"] - first["tasks"]))


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


def _continued(found: list[dict[str, Any]], name: str, tasks: int) -> dict[str, Any]:
    mine = [row for row in found if row["contender"] == name and not row["extrapolated"]]
    first, last = mine[0], mine[-1]
    further = (tasks - last["tasks"]) / max(1, last["tasks"] - first["tasks"])
    return {
        "contender": name,
        "tasks": tasks,
        "extrapolated": True,
        "uss_mb": last["uss_mb"] + further * (last["uss_mb"] - first["uss_mb"]),
        "checkpoint_bytes": last["checkpoint_bytes"]
        + further * (last["checkpoint_bytes"] - first["checkpoint_bytes"]),
    }


def _hold(setting: Setting, name: str, tasks: int) -> dict[str, Any]:
    """Build the contender, let every task answer, and read this process's memory."""
    torch.set_num_threads(1)
    backbone_bytes = sum(p.nbytes for p in setting.load().model.parameters())
    batch = Batch.of(replace(setting), min(TOGETHER, tasks), LENGTH, tasks)
    every = [[*range(start, min(start + TOGETHER, tasks))] for start in range(0, tasks, TOGETHER)]
    kind, _, maps = name.partition(", ")
    with torch.inference_mode():
        if kind == "shared":
            serving = contenders.shared(setting, maps, tasks)
            for rows_ in every:
                part = slice(len(rows_))
                serving.read(batch.ids[part], batch.mask[part], [str(number) for number in rows_])
            stored = backbone_bytes + serving.size_bytes
            kept: object = serving
        elif kind == "PEFT LoRA":
            model = contenders.peft_model(setting, maps, tasks)
            for rows_ in every:
                part = slice(len(rows_))
                names = [str(number) for number in rows_]
                model(input_ids=batch.ids[part], attention_mask=batch.mask[part], adapter_names=names)
            stored, kept = sum(p.nbytes for p in model.parameters()), model
        else:
            models = contenders.copies(setting, tasks)
            for one in models:
                one(input_ids=batch.ids[:1], attention_mask=batch.mask[:1])
            stored, kept = backbone_bytes * tasks, models
    gc.collect()
    uss = psutil.Process().memory_full_info().uss
    del kept
    figures = {"uss_mb": uss / 1e6, "checkpoint_bytes": stored}
    if setting.device != "cpu":
        figures["device_mb"] = torch.cuda.memory_allocated() / 1e6
    return figures


if __name__ == "__main__":
    print(json.dumps(_hold(*pickle.loads(Path(sys.argv[1]).read_bytes()))))  # noqa: S301 - written by `_measured`
