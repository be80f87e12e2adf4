"""The time of a mixed batch over that of the plain backbone on the same tokens."""

from __future__ import annotations

import sys
import time
from typing import Any

import torch

from benchmarks.shared_backbone import contenders
from benchmarks.shared_backbone.contenders import Batch, Call
from benchmarks.shared_backbone.setting import MAPS, Setting
from benchmarks.tools.timing import ratios

BOUND = "plain backbone"
LEAST_ROUNDS = 8


def tasks_of_main_row(setting: Setting) -> int:
    """Ten tasks in a batch of ten, or what comes nearest to as many tasks as rows."""
    return min(setting.tasks, key=lambda tasks: abs(tasks - min(setting.batches)))


@torch.inference_mode()
def rows(setting: Setting) -> list[dict[str, Any]]:
    """One row for each contender, number of tasks, batch and length."""
    main = tasks_of_main_row(setting)
    served = {
        (f"shared, {maps}", tasks): contenders.shared(setting, maps, tasks)
        for maps in MAPS
        for tasks in setting.tasks
    }
    separate = contenders.copies(setting, min(main, setting.copies_most))
    lora = {maps: contenders.peft_model(setting, maps, main) for maps in MAPS} if setting.peers else {}
    found = []
    for batch_size in setting.batches:
        for length in setting.lengths:
            print(f"Timing batches of {batch_size}, length {length} ...", file=sys.stderr, flush=True)
            batches = {
                tasks: Batch.of(setting, batch_size, length, tasks) for tasks in {*setting.tasks, main}
            }
            calls: dict[tuple[str, int], Call] = {(BOUND, 1): contenders.plain(setting, batches[main])}
            calls |= {key: contenders.asking(serving, batches[key[1]]) for key, serving in served.items()}
            calls["separate copies", main] = contenders.asking_copies(separate, batches[main])
            for maps, model in lora.items():
                calls[f"PEFT LoRA, {maps}", main] = contenders.asking_peft(model, batches[main])
            found += _timed(setting, calls, batch_size, length)
    return found


def _timed(
    setting: Setting, calls: dict[tuple[str, int], Call], batch: int, length: int
) -> list[dict[str, Any]]:
    work = batch * length / (min(setting.batches) * min(setting.lengths))
    on_cpu = setting.device == "cpu"
    measured = ratios(
        {f"{name}|{tasks}": contenders.waiting(setting, call) for (name, tasks), call in calls.items()},
        to=f"{BOUND}|1",
        rounds=max(min(LEAST_ROUNDS, setting.rounds), int(setting.rounds / work)),
        warm_up=1,
        clock=time.thread_time if on_cpu else time.perf_counter,
    )
    return [
        {
            "contender": name,
            "tasks": tasks,
            "batch": batch,
            "length": length,
            "ratio": measured[f"{name}|{tasks}"],
        }
        for name, tasks in calls
        if name != BOUND
    ]
