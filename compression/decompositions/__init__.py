"""Tensor decompositions of a linear map, by name. A new one is a module here and a line in the registry."""

from __future__ import annotations

from compression.decompositions.cp import CPMap
from compression.decompositions.shape import MapShape, choose_modes
from compression.decompositions.tensor_map import TensorMap
from compression.decompositions.tensor_ring import TensorRingMap
from compression.decompositions.tensor_train import TensorTrainMap
from compression.decompositions.tucker import TuckerMap

DECOMPOSITIONS: dict[str, type[TensorMap]] = {
    decomposition.name: decomposition for decomposition in (CPMap, TuckerMap, TensorTrainMap, TensorRingMap)
}


def decomposition_named(name: str) -> type[TensorMap]:
    """The decomposition registered under ``name``.

    Raises:
        ValueError: there is none.
    """
    if name not in DECOMPOSITIONS:
        raise ValueError(f"Unknown decomposition {name!r}; choose one of {', '.join(DECOMPOSITIONS)}.")
    return DECOMPOSITIONS[name]


__all__ = [
    "DECOMPOSITIONS",
    "CPMap",
    "MapShape",
    "TensorMap",
    "TensorRingMap",
    "TensorTrainMap",
    "TuckerMap",
    "choose_modes",
    "decomposition_named",
]
