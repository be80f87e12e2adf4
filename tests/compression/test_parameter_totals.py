"""The parameter counts that the dissertation prints, rebuilt from the shapes.

D. Datta, University of Virginia, 2023: table 4.1 (twelve 768 x 768 maps, modes 24, 32, 24, 32) and the
last column of table 4.2 (BERT on GLUE).
"""

import pytest

from compression.decompositions import DECOMPOSITIONS, MapShape, TuckerMap

LAYERS = 12
SQUARE = MapShape.automatic(768, 768)


def test_the_modes_are_those_of_the_table() -> None:
    assert SQUARE.modes == (24, 32, 24, 32)
    assert LAYERS * SQUARE.dense_parameters == 7_077_888


@pytest.mark.parametrize(
    ("name", "rank", "parameters", "times_smaller"),
    [
        ("tensor_ring", 4, 21_504, 329),
        ("tensor_ring", 8, 86_016, 82),
        ("tensor_train", 4, 13_440, 527),
        ("tensor_train", 8, 48_384, 146),
        ("cp", 4, 5_376, 1317),
        ("cp", 8, 10_752, 658),
        ("tucker", 4, 8_448, 838),
        ("tucker", 8, 59_904, 118),
    ],
)
def test_table_4_1_comes_out_to_the_parameter(
    name: str, rank: int, parameters: int, times_smaller: int
) -> None:
    counted = LAYERS * DECOMPOSITIONS[name].parameter_count(SQUARE, rank)
    assert counted == parameters
    assert round(LAYERS * SQUARE.dense_parameters / counted) == times_smaller


@pytest.mark.parametrize(("rank", "printed"), [(4, 5_376), (8, 10_752)])
def test_the_table_prints_tucker_without_its_core(rank: int, printed: int) -> None:
    with_core = TuckerMap.parameter_count(SQUARE, rank)
    assert LAYERS * (with_core - TuckerMap.core_parameters(SQUARE, rank)) == printed


# Trained besides the adapters: 25 layer norms of 2 x 768, and a two-class head.
NORMS_AND_HEAD = 25 * 2 * 768 + (2 * 768 + 2)
DOWN = MapShape(768, 64, (24, 32), (64,))
UP = MapShape(64, 768, (64,), (24, 32))


@pytest.mark.parametrize(
    ("name", "rank", "printed_thousands"),
    [
        ("cp", 2, 51.6),
        ("cp", 4, 63.2),
        ("tensor_train", 2, 54.1),
        ("tensor_train", 4, 79.1),
        ("tensor_ring", 2, 63),
        ("tensor_ring", 4, 132),
        ("tucker", 2, 51.8),
        ("tucker", 4, 66),
    ],
)
def test_the_glue_totals_are_48_maps_of_three_modes(name: str, rank: int, printed_thousands: float) -> None:
    method = DECOMPOSITIONS[name]
    maps = 24 * (method.parameter_count(DOWN, rank) + method.parameter_count(UP, rank))
    if name == "cp":
        maps += 48 * rank  # a vector of weights a map, which ours folds into the factors
    decimals = 0 if printed_thousands == int(printed_thousands) else 1
    assert round((maps + NORMS_AND_HEAD) / 1000, decimals) == printed_thousands


def test_the_dense_adapters_total_is_24_biased_bottlenecks() -> None:
    bottlenecks = 24 * (2 * 768 * 64 + 64 + 768)
    assert round((bottlenecks + NORMS_AND_HEAD) / 1e6, 2) == 2.42
