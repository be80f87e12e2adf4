"""What a module of the backbone does instead of its own forward once an adapter may sit on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import local

from torch import Tensor, nn
from torch.nn.functional import linear

from compression.stacked.places import Key
from compression.stacked.rows import Rows


def biases_of(modules: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """The biases that are added together with a map, instead of by the module itself."""
    linears = {name: module for name, module in modules.items() if isinstance(module, nn.Linear)}
    return {name: module.bias for name, module in linears.items() if module.bias is not None}


def adapted_forward(name: str, module: nn.Linear | nn.Embedding, active: local) -> Callable[[Tensor], Tensor]:
    """The module's forward, and what the rows that are ``active`` in this thread add to it."""
    plain = module.forward
    beside: Key = (name, "delta")
    behind: Key = (name, "down")
    embedding = isinstance(module, nn.Embedding)
    bias_with_map = bool(biases_of({name: module}))

    def forward(x: Tensor) -> Tensor:
        rows: Rows | None = getattr(active, "rows", None)
        if rows is None or not (beside in rows.slots or behind in rows.slots):
            return plain(x)
        if len(x) != rows.count:
            raise ValueError(
                f"{name} is given {len(x)} rows, but {rows.count} adapters were chosen; a module that the "
                "model calls without a batch cannot have one adapter a row."
            )
        if x.dim() == 2 and not embedding:  # one vector a row
            return forward(x[:, None])[:, 0]
        if beside not in rows.slots:
            output = plain(x)
        elif embedding:
            output = rows.rows_beside(name, x, plain(x), module.training)
        else:
            output = linear(x, module.weight) if bias_with_map else plain(x)
            output = rows.beside(name, x, output, module.training)
        return rows.behind(name, output, module.training) if behind in rows.slots else output

    return forward
