"""Who answers a mixed batch: the plain backbone (the bound), ours, and the others."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import peft
import torch
from torch import Tensor

from benchmarks.shared_backbone.setting import CLASSES, Setting
from compression.stacked.parts import parts_of
from models_zoo.serving.shared import SharedBackbone

Call = Callable[[], object]
COMPOSITIONS = 50


@dataclass(frozen=True)
class Batch:
    """Token numbers without padding, and which tasks its rows have: another composition at every call."""

    ids: Tensor
    mask: Tensor
    compositions: list[list[int]]

    @classmethod
    def of(cls, setting: Setting, rows: int, length: int, tasks: int) -> Batch:
        chooser = random.Random(rows * length + tasks)
        ids = torch.randint(1000, 20000, (rows, length), generator=torch.Generator().manual_seed(length))
        compositions = [
            chooser.sample(range(tasks), rows) if tasks >= rows else _cycled(chooser, tasks, rows)
            for _ in range(COMPOSITIONS)
        ]
        ids = ids.to(setting.device)
        return cls(ids, torch.ones_like(ids), compositions)


def _cycled(chooser: random.Random, tasks: int, rows: int) -> list[int]:
    chosen = [row % tasks for row in range(rows)]
    chooser.shuffle(chosen)
    return chosen


def waiting(setting: Setting, call: Call) -> Call:
    """The call and, on a GPU, what it set going there."""
    if setting.device == "cpu":
        return call

    def whole() -> None:
        call()
        torch.cuda.synchronize()

    return whole


def plain(setting: Setting, batch: Batch) -> Call:
    model = setting.load().model
    return lambda: model(input_ids=batch.ids, attention_mask=batch.mask)


def shared(setting: Setting, maps: str, tasks: int) -> SharedBackbone:
    """``tasks`` random task models over one backbone, named "0", "1", ..."""
    serving = SharedBackbone(setting.load())
    put(serving, setting, maps, range(tasks))
    return serving


def put(serving: SharedBackbone, setting: Setting, maps: str, numbers: range) -> None:
    """Further random task models, named after their numbers."""
    model = setting.load().model
    sizes = {name: _sides(module) for name, module in model.named_modules() if _sides(module)}
    config, width = setting.adapter(maps), model.config.dim
    shapes = {key: size for part in parts_of(config, sizes) for key, size in part.keys().items()}
    generator = torch.Generator()
    for number in numbers:
        generator.manual_seed(number)
        state = {key: torch.randn(size, generator=generator) * 0.1 for key, size in shapes.items()}
        head = torch.randn(CLASSES, width, generator=generator), torch.zeros(CLASSES)
        serving.put(str(number), adapter=(config, state), heads={"label": head})


def _sides(module: torch.nn.Module) -> Any:
    return (module.in_features, module.out_features) if isinstance(module, torch.nn.Linear) else None


def asking(serving: SharedBackbone, batch: Batch) -> Call:
    names = itertools.cycle([[str(number) for number in rows] for rows in batch.compositions])
    return lambda: serving.read(batch.ids, batch.mask, next(names))


def peft_model(setting: Setting, maps: str, tasks: int) -> peft.PeftModel:
    """A PEFT model with ``tasks`` LoRA adapters, named "0", "1", ..."""
    model = peft.get_peft_model(setting.load().model, setting.lora(maps), adapter_name="0")
    for number in range(1, tasks):
        model.add_adapter(str(number), setting.lora(maps))
    return model.eval()


def asking_peft(model: peft.PeftModel, batch: Batch) -> Call:
    names = itertools.cycle([[str(number) for number in rows] for rows in batch.compositions])
    return lambda: model(input_ids=batch.ids, attention_mask=batch.mask, adapter_names=next(names))


def copies(setting: Setting, number: int) -> list[torch.nn.Module]:
    """Full models, each with weights of its own."""
    first = setting.load().model
    return [first, *(copy.deepcopy(first) for _ in range(number - 1))]


def asking_copies(models: list[torch.nn.Module], batch: Batch) -> Call:
    """Every row through the copy of its task; with fewer copies than tasks they take turns."""
    compositions = itertools.cycle(batch.compositions)

    def call() -> None:
        rows: dict[int, list[int]] = {}
        for row, task in enumerate(next(compositions)):
            rows.setdefault(task % len(models), []).append(row)
        for model, mine in rows.items():
            models[model](input_ids=batch.ids[mine], attention_mask=batch.mask[mine])

    return call
