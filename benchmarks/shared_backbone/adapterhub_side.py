"""Runs in AdapterHub's environment: one bottleneck adapter a row through BatchSplit, against the plain BERT.

It can import nothing of this project: the packages there are others.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from importlib import import_module
from typing import Any

import torch
from transformers import BertModel


def main(given: dict[str, Any]) -> list[dict[str, Any]]:
    torch.set_num_threads(1)
    adapters = import_module("adapters")  # is there in that environment only
    composition = import_module("adapters.composition")
    names = [f"task{number}" for number in range(given["tasks"])]
    plain: Any = BertModel.from_pretrained(given["folder"])
    plain.eval()
    contenders = {
        "AdapterHub BatchSplit, bottleneck 64": adapters.SeqBnConfig(reduction_factor=6),
        "AdapterHub BatchSplit, LoRA one map": adapters.LoRAConfig(r=given["rank"], attn_matrices=["q"]),
    }
    models = {}
    for contender, config in contenders.items():
        model: Any = BertModel.from_pretrained(given["folder"])
        adapters.init(model)
        for name in names:
            model.add_adapter(name, config=config)
        model.set_active_adapters(composition.BatchSplit(*names, batch_sizes=[1] * len(names)))
        models[contender] = model.eval()
    return [
        {"contender": contender, "tasks": len(names), "batch": len(names), "length": length, "ratio": ratio}
        for length in given["lengths"]
        for contender, ratio in ratios(plain, models, length, len(names), given["rounds"]).items()
    ]


@torch.inference_mode()
def ratios(plain: Any, models: dict[str, Any], length: int, rows: int, rounds: int) -> dict[str, float]:
    ids = torch.randint(1000, 20000, (rows, length))
    mask = torch.ones_like(ids)
    found: dict[str, list[float]] = {name: [] for name in models}
    for number in range(rounds + 2):
        seconds = {}
        for name, model in {"": plain, **models}.items():
            started = time.thread_time()
            model(input_ids=ids, attention_mask=mask)
            seconds[name] = time.thread_time() - started
        if number >= 2:  # the first ones warm up
            for name in models:
                found[name].append(seconds[name] / seconds[""])
    return {name: statistics.median(values) for name, values in found.items()}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
