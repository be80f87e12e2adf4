"""Which modules of a model read the same tensor, found by running it once."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


def common_readers(model: nn.Module, modules: Mapping[str, nn.Module]) -> tuple[tuple[str, ...], ...]:
    """Groups of linear maps that are given the very same tensor in a forward pass, in the order of the calls.

    Query, key and value of a self-attention are the usual case. A model without ``dummy_inputs`` has none:
    then every map reads for itself, which costs time and changes nothing else.
    """
    inputs = getattr(model, "dummy_inputs", None)
    if inputs is None:
        return ()
    seen: list[tuple[str, Tensor]] = []  # the tensors are kept, so that no address is used twice
    handles = [
        module.register_forward_pre_hook(lambda _, given, name=name: seen.append((name, given[0])))
        for name, module in modules.items()
        if isinstance(module, nn.Linear)
    ]
    device = next(model.parameters()).device
    try:
        with torch.inference_mode():
            model(**{name: tensor.to(device) for name, tensor in inputs.items()})
    finally:
        for handle in handles:
            handle.remove()
    groups: dict[int, list[str]] = {}
    for name, tensor in seen:
        groups.setdefault(id(tensor), []).append(name)
    calls = [name for name, _ in seen]
    return tuple(
        tuple(group)
        for group in groups.values()
        if len(group) > 1 and all(calls.count(name) == 1 for name in group)
    )
